// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What training minimises: one function per objective, which completes a copy of @forward to @loss. A new one is a row of
// the table in Objectives.cpp.

#ifndef TERN_COMPILER_DERIVE_OBJECTIVES_H
#define TERN_COMPILER_DERIVE_OBJECTIVES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {

struct ObjectiveRule {
  llvm::StringLiteral name;
  /// Whether @forward serves generation, which runs one sequence.
  bool generates;
  /// Whether the first result has a row of logits per token of the vocabulary.
  bool tellsTokens;
  /// The role of the first result of @forward: "logits", "prediction" or "embedding".
  llvm::StringLiteral result;
  /// Turns a copy of @forward into the loss. Errors are located at `forward`.
  mlir::LogicalResult (*complete)(mlir::func::FuncOp forward, mlir::func::FuncOp loss);
};

/// Null for an unknown name.
const ObjectiveRule *findObjective(llvm::StringRef name);
/// The words of the table, in its order.
llvm::SmallVector<llvm::StringRef> objectiveNames();

} // namespace tern

#endif // TERN_COMPILER_DERIVE_OBJECTIVES_H
