// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the raising passes share: reading constants and operands in either order.

#ifndef TERN_COMPILER_FUSE_FUSEUTILS_H
#define TERN_COMPILER_FUSE_FUSEUTILS_H

#include "mlir/IR/Value.h"

#include <optional>
#include <utility>

namespace tern {

/// The number that a constant tensor has everywhere, or nullopt.
std::optional<double> splatNumber(mlir::Value value);
/// The defining op when nobody else reads its result.
template <typename Op>
Op onlyUseOf(mlir::Value value) {
  auto op = value.getDefiningOp<Op>();
  return op && op->hasOneUse() ? op : Op();
}
/// The constant operand of a commutative op and the other one; nullopt when neither is constant.
std::optional<std::pair<double, mlir::Value>> constantAndOther(mlir::Value lhs, mlir::Value rhs);
/// mean over the last dimension, which is kept with extent 1: its operand, or null.
mlir::Value meanOfLastDim(mlir::Value value);

} // namespace tern

#endif // TERN_COMPILER_FUSE_FUSEUTILS_H
