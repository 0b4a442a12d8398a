// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a module computes after some passes. Everything happens in a child process: a pass that crashes and code that
// writes where it must not are results like any other, and the module stays as it was.

#ifndef TERN_COMPILER_TOOLS_BISECT_EVALUATE_H
#define TERN_COMPILER_TOOLS_BISECT_EVALUATE_H

#include "compiler/emit/Emit.h"
#include "compiler/tools/bisect/Values.h"

#include "mlir/IR/BuiltinOps.h"

namespace tern::bisect {

/// How modules become code and are run.
struct Machine {
  std::string cpu = "native";
  ProgramInfo info;
  Feed feed;
  unsigned seconds = 300; // one evaluation may take
};

/// What the entries left behind, or why they did not.
struct Outcome {
  std::string failure;         // empty: everything ran
  std::string failedPass;      // the text of the pass that failed or crashed, if it was one
  std::vector<Tensor> tensors; // of every entry, what it changed
  std::vector<Tensor> inputs;  // what it was fed with, without values
  int64_t vocabulary = 0;
};

/// Passes, then LLVM at `optimizationLevel`, then every entry. Kinds are "ENTRY KIND"; an entry with a flag
/// (accumulate) runs once for each of its values.
Outcome evaluate(mlir::ModuleOp module, llvm::ArrayRef<std::string> passes, unsigned optimizationLevel,
                 const Machine &machine);

/// Runs passes on the module itself, which they must not break. The text of the pass that did, and why, else empty.
std::pair<std::string, std::string> transform(mlir::ModuleOp module, llvm::ArrayRef<std::string> passes);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_EVALUATE_H
