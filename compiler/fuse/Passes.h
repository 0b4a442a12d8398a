// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of this room; see Passes.td.

#ifndef TERN_COMPILER_FUSE_PASSES_H
#define TERN_COMPILER_FUSE_PASSES_H

#include "dialects/tern/Tern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace tern {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

#endif // TERN_COMPILER_FUSE_PASSES_H
