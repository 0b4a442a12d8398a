// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function alone that ends at one of its ops and returns what is known there. In a loop it returns the values of
// all iterations, stacked.

#ifndef TERN_COMPILER_TOOLS_BISECT_CUT_H
#define TERN_COMPILER_TOOLS_BISECT_CUT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace tern::bisect {

/// Blocks from the function's body into loops: the number of the loop op in its block, for each level.
using Path = llvm::SmallVector<unsigned>;

/// Every argument and result gets a role, and every function is an entry, where they are not yet.
void makeEntries(mlir::ModuleOp module);

/// The function in a module of its own, with the sizes that it may name. Its variables become inputs of the same names,
/// unless they are kept for a pass that is about parameters.
mlir::OwningOpRef<mlir::ModuleOp> isolate(mlir::func::FuncOp function, bool keepsVariables = false);
mlir::func::FuncOp onlyFunction(mlir::ModuleOp module);

/// The block that a path leads to.
mlir::Block &blockAt(mlir::func::FuncOp function, llvm::ArrayRef<unsigned> path);
/// Op number `index` of a block.
mlir::Operation *opAt(mlir::Block &block, unsigned index);
/// How often a loop over tensors runs whose body can be looked into, else 0.
int64_t tripCount(mlir::Operation *op);
/// True when the last iteration's values come first in what is stacked.
bool runsBackwards(mlir::Operation *op);

/// Lets the only function of the module return the tensors that are known after op `index` of the block at `path` and
/// used later (with `onlyResults`: those that the op makes). Erases what is not needed for them. False when there is no
/// such tensor.
bool cutAfter(mlir::ModuleOp module, llvm::ArrayRef<unsigned> path, unsigned index, bool onlyResults);

/// Erases ops without effect whose results nobody uses.
void eraseDeadOps(mlir::func::FuncOp function);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_CUT_H
