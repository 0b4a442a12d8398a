// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The -O3 door of the wing.

#include "compiler/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

void tern::cpu::buildFastPipeline(OpPassManager &manager, const Machine &machine) {
  manager.addNestedPass<func::FuncOp>(
      createExpandContract({machine.vectorBits, machine.fma, machine.l1Bytes, machine.l2Bytes}));
  // What has no vector form still has a loop form.
  manager.addNestedPass<func::FuncOp>(createExpandKernelsNaive());
}
