// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One op in a function of its own: alone, with the ops that make its operands, in a loop like its own.

#ifndef TERN_COMPILER_TOOLS_BISECT_EXTRACT_H
#define TERN_COMPILER_TOOLS_BISECT_EXTRACT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace tern::bisect {

struct Surroundings {
  unsigned depth = 0; // how many producers there may be between an argument and the op
  bool inLoop = false;
  int64_t iterations =
      0; // of that loop, whose last one is returned; repeats over layers keep their count and return all
};

/// A module with one function @reduced that takes tensors and returns the results of the op. Null when the op is in no
/// loop, or needs a number that only its loop knows.
mlir::OwningOpRef<mlir::ModuleOp> extract(mlir::Operation *op, const Surroundings &around);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_EXTRACT_H
