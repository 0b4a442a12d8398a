// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that belong to every floor: see Passes.td.

#ifndef TERN_COMPILER_SUPPORT_PASSES_H
#define TERN_COMPILER_SUPPORT_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tern {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/support/Passes.h.inc"
} // namespace tern

#endif // TERN_COMPILER_SUPPORT_PASSES_H
