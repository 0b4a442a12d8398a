// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of this room; see Passes.td.

#ifndef TERN_COMPILER_LOWER_PASSES_H
#define TERN_COMPILER_LOWER_PASSES_H

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace tern {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/lower/Passes.h.inc"
} // namespace tern

#endif // TERN_COMPILER_LOWER_PASSES_H
