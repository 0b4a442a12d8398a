// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CPU wing: its passes (see Passes.td) and the two doors through which the corridor enters it.

#ifndef TERN_COMPILER_CPU_PASSES_H
#define TERN_COMPILER_CPU_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tern {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/cpu/Passes.h.inc"

namespace cpu {

/// The reference door: kernels and linalg ops on memrefs to scalar loops.
void buildNaivePipeline(mlir::OpPassManager &manager);

/// The fast door: kernels and linalg ops on memrefs to loops on vectors. What the target may be: CpuTarget.h.
/// `f32`: how products of f32 are taken on tile registers (exact, split6, split3, auto).
void buildFastPipeline(mlir::OpPassManager &manager, llvm::StringRef target, llvm::StringRef f32);

/// From planned functions to the LLVM dialect.
void buildLowerToLLVMPipeline(mlir::OpPassManager &manager, llvm::StringRef target);

} // namespace cpu
} // namespace tern

#endif // TERN_COMPILER_CPU_PASSES_H
