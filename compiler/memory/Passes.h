// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The landing: from tensors to memrefs in one planned arena.

#ifndef TERN_COMPILER_MEMORY_PASSES_H
#define TERN_COMPILER_MEMORY_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tern {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/memory/Passes.h.inc"
} // namespace tern

#endif // TERN_COMPILER_MEMORY_PASSES_H
