// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is left of a function when some of its results, or what they followed from, are gone.

#ifndef TERN_COMPILER_DERIVE_DROPUNREAD_H
#define TERN_COMPILER_DERIVE_DROPUNREAD_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {

/// Erases what no result follows from: ops, carried values, slices and results of repeats over layers, arguments.
void dropUnread(mlir::func::FuncOp function);

} // namespace tern

#endif // TERN_COMPILER_DERIVE_DROPUNREAD_H
