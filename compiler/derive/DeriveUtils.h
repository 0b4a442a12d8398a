// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entry arguments and parameter tables, for the passes of this room.

#ifndef TERN_COMPILER_DERIVE_DERIVEUTILS_H
#define TERN_COMPILER_DERIVE_DERIVEUTILS_H

#include "dialects/tern/Tern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {

/// Appends an argument with one attribute, e.g. ("tern.role", "seed").
mlir::BlockArgument appendArgument(mlir::func::FuncOp function, mlir::Type type, llvm::StringRef attribute,
                                   llvm::StringRef value);

/// A parameter of a function: its argument number and its row of the table.
struct Parameter {
  unsigned index;
  ParameterAttr row;
};
llvm::SmallVector<Parameter> parametersOf(mlir::func::FuncOp function);

/// Names the storage of every parameter argument: `tern.variable = "parameter:NAME"`.
void nameVariables(mlir::func::FuncOp function);

/// "gradient:h.{i}.ln_1.weight"
std::string variableName(llvm::StringRef kind, ParameterAttr row);

/// Adds a result to the terminator and the signature with one attribute.
void appendResult(mlir::func::FuncOp function, mlir::Value value, llvm::StringRef attribute, llvm::StringRef text);

} // namespace tern

#endif // TERN_COMPILER_DERIVE_DERIVEUTILS_H
