// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalar bodies (regions of linalg.generic and of tern_kernel.contract) on vectors.

#ifndef TERN_COMPILER_CPU_VECTORBODY_H
#define TERN_COMPILER_CPU_VECTORBODY_H

#include "compiler/cpu/CpuUtils.h"

namespace tern::cpu {

/// The op that keeps the body from running on vectors, or null.
mlir::Operation *findScalarOnlyOp(mlir::Block &block);

/// Clones the body with every value a vector of `lanes` elements. `arguments` are vectors or scalars (which are spread);
/// what comes from outside the block is spread too. `special` may give the vector for an op itself (linalg.index).
/// Returns what the terminator yields, as vectors.
SmallVector<Value> cloneVectorBody(Emitter &emit, mlir::Block &block, ValueRange arguments, int64_t lanes,
                                   llvm::function_ref<Value(mlir::Operation *)> special = nullptr);

/// The vector itself, or a scalar in all lanes.
Value spread(Emitter &emit, Value value, int64_t lanes);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_VECTORBODY_H
