// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What code is made for: a text such as "native", "x86-64-v4+avx512bf16" or "cortex-a72" becomes feature bits. A processor's
// name stands for the features that LLVM lists for it and chooses nothing else.

#ifndef TERN_COMPILER_CPU_CPUTARGET_H
#define TERN_COMPILER_CPU_CPUTARGET_H

#include "compiler/cpu/Machine.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace tern::cpu {

struct CpuTarget {
  std::string text;      // parses to the same target on any machine: "x86-64-v4+avx512bf16+l1=48k"
  std::string isa;       // for people and manifests: "x86-64-v4 +avx512bf16"
  std::string triple;    // "x86_64-pc-linux-gnu"
  std::string processor; // LLVM's name of the architecture's baseline: "x86-64", "generic"
  std::string features;  // beyond the baseline, for LLVM, with what they imply: "+avx,+avx2"
  Machine machine;
  std::vector<std::string> unknown; // features that LLVM does not know, which were dropped
};

/// The text is a base and features: BASE[+FEATURE...]. The base is `native` (feature bits and caches of this machine), a level
/// (`x86-64`, `x86-64-v2`...), an architecture (`aarch64`), or a processor that LLVM knows. Sizes of caches are features too:
/// `+l1=48k+l2=2m`. An unknown base is an error that says what may be written; an unknown feature is dropped.
llvm::Expected<CpuTarget> parseCpuTarget(llvm::StringRef text);

/// Several for one program, separated by commas; `all` stands for one of every kind that x86-64 knows. They are of one
/// architecture, differ in features, and come out in the order in which they need more and more.
llvm::Expected<std::vector<CpuTarget>> parseCpuTargets(llvm::StringRef text);

/// The same for a pass, whose option has been checked or was written by hand: a diagnostic on `op` when it is wrong.
mlir::FailureOr<Machine> parseMachine(mlir::Operation *op, llvm::StringRef target);

/// What code for `target` needs and this machine lacks: "avx512f avx512bw", or empty when it can run here.
std::string missingHere(const CpuTarget &target);

/// Everything that may be written, for --mcpu=help.
void listCpuTargets(llvm::raw_ostream &out);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_CPUTARGET_H
