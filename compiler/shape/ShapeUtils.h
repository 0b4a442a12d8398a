// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference over a whole function, for the passes of this room.

#ifndef TERN_COMPILER_SHAPE_SHAPEUTILS_H
#define TERN_COMPILER_SHAPE_SHAPEUTILS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace tern {

/// Infers every result type from the argument types on, through layers, and gives the function the resulting signature.
/// Reports every failure, not only the first.
mlir::LogicalResult inferTypes(mlir::func::FuncOp function);

/// The functions of a module, each behind those that it calls, which is the order to infer them in.
llvm::SmallVector<mlir::func::FuncOp> calleesFirst(mlir::ModuleOp module);

} // namespace tern

#endif // TERN_COMPILER_SHAPE_SHAPEUTILS_H
