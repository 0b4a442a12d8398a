// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The -O3 door of the wing.

#include "compiler/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

void tern::cpu::buildFastPipeline(OpPassManager &manager, StringRef target, StringRef f32) {
  auto add = [&](std::unique_ptr<Pass> pass) { manager.addNestedPass<func::FuncOp>(std::move(pass)); };
  // Products of few rows are streams of weights; the others are blocked.
  add(createExpandStream({target.str()}));
  add(createExpandContract({target.str(), f32.str()}));
  add(createExpandAttention({target.str()}));
  add(createExpandKernels({target.str()}));
  add(createVectorizeLinalg({target.str()}));
  add(createVectorMath({target.str()}));
  // A kernel without a vector form still has a loop form.
  add(createExpandKernelsNaive());
}
