// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the lowerings of optimizers share: arithmetic of one element, written short.

#ifndef TERN_COMPILER_LOWER_OPTIMUTILS_H
#define TERN_COMPILER_LOWER_OPTIMUTILS_H

#include "compiler/lower/LowerUtils.h"

namespace tern {

void populateOptimMatrixLowering(mlir::RewritePatternSet &patterns);

namespace lower {

inline Value add(ImplicitLocOpBuilder &b, Value x, Value y) { return mlir::arith::AddFOp::create(b, x, y); }
inline Value sub(ImplicitLocOpBuilder &b, Value x, Value y) { return mlir::arith::SubFOp::create(b, x, y); }
inline Value mul(ImplicitLocOpBuilder &b, Value x, Value y) { return mlir::arith::MulFOp::create(b, x, y); }
inline Value div(ImplicitLocOpBuilder &b, Value x, Value y) { return mlir::arith::DivFOp::create(b, x, y); }
inline Value larger(ImplicitLocOpBuilder &b, Value x, Value y) { return mlir::arith::MaximumFOp::create(b, x, y); }
inline Value root(ImplicitLocOpBuilder &b, Value x) { return mlir::math::SqrtOp::create(b, x); }

/// x as f64, and back to a type.
inline Value widen(ImplicitLocOpBuilder &b, Value x) {
  return x.getType().isF64() ? x : mlir::arith::ExtFOp::create(b, b.getF64Type(), x).getResult();
}
inline Value narrow(ImplicitLocOpBuilder &b, Value x, mlir::Type type) {
  return x.getType() == type ? x : mlir::arith::TruncFOp::create(b, type, x).getResult();
}

} // namespace lower
} // namespace tern

#endif // TERN_COMPILER_LOWER_OPTIMUTILS_H
