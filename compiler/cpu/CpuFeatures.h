// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's tables of architectures, processors and features, as CpuTarget reads them.

#ifndef TERN_COMPILER_CPU_CPUFEATURES_H
#define TERN_COMPILER_CPU_CPUFEATURES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/MC/MCSubtargetInfo.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tern::cpu {

/// An architecture and what is written for its baseline.
struct Architecture {
  llvm::StringLiteral name;
  llvm::StringLiteral inTriple;
  llvm::StringLiteral baseline; // LLVM's processor
  llvm::StringLiteral fma;      // the feature with which vectors multiply and add in one instruction
  llvm::StringLiteral needed;   // what every processor that runs its programs has: older relatives stand in LLVM's table too
};
llvm::ArrayRef<Architecture> architectures();
bool isX86(const Architecture &architecture);
/// This machine's, or null when it is none of them.
const Architecture *hostArchitecture();
/// With this machine's system: code for another architecture is for the same kind of system.
std::string tripleOf(const Architecture &architecture);

/// LLVM's tables with the bits of a processor and features set; null when this LLVM was built without the architecture.
std::unique_ptr<llvm::MCSubtargetInfo> tablesOf(const Architecture &architecture, llvm::StringRef processor,
                                                llvm::StringRef features = "");
const llvm::SubtargetFeatureKV *findFeature(const llvm::MCSubtargetInfo &tables, llvm::StringRef name);
/// Names of the features that are on, in the order of LLVM's table.
std::vector<std::string> enabled(const llvm::MCSubtargetInfo &tables);
/// "+avx,+avx2"
std::string joinFeatures(llvm::ArrayRef<std::string> features);

/// The levels of x86-64 from v2 on, each with what it adds to the one before.
llvm::ArrayRef<llvm::ArrayRef<llvm::StringLiteral>> levelsOfX86();

/// What a name stands for, without an architecture when it is unknown.
struct Base {
  const Architecture *architecture = nullptr;
  std::vector<std::string> features; // beyond the baseline
};
Base findBase(llvm::StringRef name);
/// Processors by name, those of 64 bits.
std::vector<std::string> listProcessors(const Architecture &architecture);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_CPUFEATURES_H
