// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the backward pass of a layer computes again instead of keeping it.

#ifndef TERN_COMPILER_GRAD_RECOMPUTE_H
#define TERN_COMPILER_GRAD_RECOMPUTE_H

#include "compiler/support/Remarks.h"

namespace tern {

/// Which forward values of a layer are kept for its gradient: all that it reads; all but those that cost little to compute
/// again from the others; the layer's input alone.
enum class Remat { none, selective, layer };

/// Computes in `backward` again what `source`, the body of the forward layer, computes cheaply from slices, constants and
/// values that `backward` reads anyhow. What is left of the uses of forward values is to be kept.
void recomputeCheap(mlir::Block &source, mlir::Operation *backward, Remarks &remarks);

} // namespace tern

#endif // TERN_COMPILER_GRAD_RECOMPUTE_H
