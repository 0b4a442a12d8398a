// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reverse mode over one block: walks its ops backwards and lets each add the cotangents of its operands.

#ifndef TERN_COMPILER_GRAD_REVERSE_H
#define TERN_COMPILER_GRAD_REVERSE_H

#include "compiler/grad/Activity.h"
#include "compiler/grad/Recompute.h"
#include "dialects/tern/Tern.h"

namespace tern {

class Reverse {
public:
  Reverse(Activity &activity, Remat remat, Remarks &remarks) : activity(activity), remat(remat), remarks(remarks) {}

  /// Adds to the cotangent of a value, if the value varies.
  void accumulate(mlir::OpBuilder &b, mlir::Value value, mlir::Value cotangent);
  /// The cotangent so far, null when nothing flowed.
  mlir::Value cotangent(mlir::Value value) const { return cotangents.lookup(value); }
  /// Differentiates the ops of a block in reverse order. The new ops go to `b` and use forward values where they are.
  mlir::LogicalResult run(mlir::Block &block, mlir::OpBuilder &b);

  /// Follows the results of an op that was replaced by a wider one. The old values are names only, no longer valid.
  void replaceValues(mlir::ValueRange from, mlir::ValueRange to);

  Activity &getActivity() { return activity; }
  Remat getRemat() const { return remat; }
  Remarks &getRemarks() const { return remarks; }

private:
  mlir::LogicalResult runOp(mlir::Operation *op, mlir::OpBuilder &b);

  Activity &activity;
  Remat remat;
  Remarks &remarks;
  llvm::DenseMap<mlir::Value, mlir::Value> cotangents;
};

/// Differentiates a repeat over layers (ReverseLayers.cpp).
mlir::LogicalResult reverseLayers(LayersOp op, Reverse &outer, mlir::OpBuilder &b);

} // namespace tern

#endif // TERN_COMPILER_GRAD_REVERSE_H
