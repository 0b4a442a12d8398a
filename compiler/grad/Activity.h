// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activity analysis: which values depend on an argument whose gradient somebody wants.

#ifndef TERN_COMPILER_GRAD_ACTIVITY_H
#define TERN_COMPILER_GRAD_ACTIVITY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace tern {

/// The values that vary with the wanted arguments. The other half of activity, whether a value reaches the loss, shows
/// while differentiating: a value without cotangent does not.
class Activity {
public:
  Activity(mlir::Block &block, llvm::ArrayRef<mlir::Value> wanted);
  bool isVaried(mlir::Value value) const { return varied.contains(value); }
  /// Another value takes the place of one.
  void replace(mlir::Value before, mlir::Value after) {
    if (varied.erase(before))
      varied.insert(after);
  }

private:
  bool markBlock(mlir::Block &block);
  bool mark(mlir::Value value);

  llvm::DenseSet<mlir::Value> varied;
};

} // namespace tern

#endif // TERN_COMPILER_GRAD_ACTIVITY_H
