// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the losses over classes share: rows, targets, and the mean over those that count.

#ifndef TERN_COMPILER_LOWER_LOSSUTILS_H
#define TERN_COMPILER_LOWER_LOSSUTILS_H

#include "compiler/lower/LowerUtils.h"

namespace tern {

void populateLossLinearLowering(mlir::RewritePatternSet &patterns);

namespace lower {

/// (..., C) as (rows, C).
Value flatRows(ImplicitLocOpBuilder &b, Value tensor, int64_t rows);
/// (...) as (rows) of i32.
Value flatTargets(ImplicitLocOpBuilder &b, Value targets);
/// The number of targets that are not ignored, at least 1, as a rank-0 tensor.
Value keptTargets(ImplicitLocOpBuilder &b, Value targets, int64_t ignoreIndex, mlir::Type element);
/// Which targets count, and how much of each is spread over all classes.
struct ClassTargets {
  int64_t ignoreIndex;
  double smoothing;
};
/// Losses of rows of logits (rows, V) with label smoothing, from those without and the rows' log-sum-exp.
Value smoothedLosses(ImplicitLocOpBuilder &b, ValueRange lossAndLse, Value logits, Value targets, ClassTargets which);
/// The gradient with label smoothing, in the place of that without.
Value smoothedGradient(ImplicitLocOpBuilder &b, Value gradient, Value targets, Value scale, ClassTargets which);
/// Quotient of two rank-0 tensors.
Value quotient(ImplicitLocOpBuilder &b, Value numerator, Value denominator);

} // namespace lower
} // namespace tern

#endif // TERN_COMPILER_LOWER_LOSSUTILS_H
