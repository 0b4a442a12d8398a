// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The optimizers that @update can apply: what each keeps per parameter, which rates it takes, and the op that moves one
// parameter. A new one is a row of the table in Optimizers.cpp.

#ifndef TERN_COMPILER_DERIVE_OPTIMIZERS_H
#define TERN_COMPILER_DERIVE_OPTIMIZERS_H

#include "dialects/tern/Tern.h"

namespace tern {

/// A parameter in @update. Of a state that its optimizer does not keep for it the value is null.
struct UpdateSite {
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Value param, grad;
  llvm::SmallVector<mlir::Value> states; // in the order of OptimizerRule::states
  llvm::StringMap<mlir::Value> rates;    // learning_rate and those of OptimizerRule::rates
  mlir::Value decay, scale, step;
  bool isMatrix;  // two dimensions or more, layers not counted
  bool isStacked; // dimension 0 counts layers
};

/// The dimensions that a state of a parameter has; numbers as in tern_manifest.state_shapes.
enum class StateShape { Whole = 0, WithoutLast = 1, WithoutSecondLast = 2 };

struct OptimizerState {
  llvm::StringLiteral name;
  StateShape shape = StateShape::Whole;
};

struct OptimizerRule {
  llvm::StringLiteral name;
  llvm::SmallVector<OptimizerState> states;
  llvm::SmallVector<llvm::StringLiteral> rates; // roles of its run-time numbers, beside those that all have
  bool countsSteps;
  /// Whether a state is kept for a parameter; null where all are for all.
  bool (*keeps)(const UpdateSite &site, unsigned state);
  /// The new parameter, then the new value of every state that is kept, null for others.
  llvm::SmallVector<mlir::Value> (*move)(UpdateSite &site);
};

/// Null for an unknown name.
const OptimizerRule *findOptimizer(llvm::StringRef name);
/// The words of the table, in its order.
llvm::SmallVector<llvm::StringRef> optimizerNames();

} // namespace tern

#endif // TERN_COMPILER_DERIVE_OPTIMIZERS_H
