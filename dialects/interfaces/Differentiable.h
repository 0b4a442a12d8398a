// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Differentiable: an op that can write its own reverse-mode gradient. See Differentiable.td.

#ifndef TERN_INTERFACES_DIFFERENTIABLE_H
#define TERN_INTERFACES_DIFFERENTIABLE_H

#include "mlir/IR/OpDefinition.h"

namespace tern {
class GradBuilder;
}

#include "dialects/interfaces/Differentiable.h.inc"

#endif // TERN_INTERFACES_DIFFERENTIABLE_H
