// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The -O3 door of the wing.

#include "compiler/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

void tern::cpu::buildFastPipeline(OpPassManager &manager, const Machine &machine) {
  auto add = [&](std::unique_ptr<Pass> pass) { manager.addNestedPass<func::FuncOp>(std::move(pass)); };
  add(createExpandContract({machine.vectorBits, machine.fma, machine.l1Bytes, machine.l2Bytes}));
  add(createExpandAttention({machine.vectorBits, machine.fma, machine.l1Bytes, machine.l2Bytes}));
  add(createExpandKernels({machine.vectorBits, machine.fma, machine.l1Bytes, machine.l2Bytes}));
  add(createVectorizeLinalg({machine.vectorBits, machine.fma, machine.l1Bytes, machine.l2Bytes}));
  add(createVectorMath({machine.vectorBits, machine.fma, machine.l1Bytes, machine.l2Bytes}));
  // A kernel without a vector form still has a loop form.
  add(createExpandKernelsNaive());
}
