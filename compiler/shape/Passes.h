// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of this room; see Passes.td.

#ifndef TERN_COMPILER_SHAPE_PASSES_H
#define TERN_COMPILER_SHAPE_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tern {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/shape/Passes.h.inc"
} // namespace tern

#endif // TERN_COMPILER_SHAPE_PASSES_H
