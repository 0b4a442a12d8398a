// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op of the model floor costs, counted from static shapes.

#ifndef TERN_COMPILER_SUPPORT_COST_H
#define TERN_COMPILER_SUPPORT_COST_H

#include "mlir/IR/Operation.h"

namespace tern {

/// How often an op runs in one call of its function.
uint64_t repeatsOf(mlir::Operation *op);

/// Floating-point operations of one execution: what `Costed` says; else one per floating-point element that a
/// differentiable op makes. Views and constants cost nothing.
uint64_t flopsOf(mlir::Operation *op);

/// Bytes of tensors of these types.
uint64_t bytesOf(mlir::TypeRange types);

/// The least traffic of one execution: every operand read once and every result written once. A view moves nothing, and
/// a row gathered from a table is read alone.
uint64_t trafficOf(mlir::Operation *op);

} // namespace tern

#endif // TERN_COMPILER_SUPPORT_COST_H
