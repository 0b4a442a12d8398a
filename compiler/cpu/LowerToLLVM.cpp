// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last floor before the door: planned functions with loops and vectors of one dimension to the LLVM dialect.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace tern::cpu;

void tern::cpu::buildNaivePipeline(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createExpandKernelsNaive());
}

static Machine machineOf(StringRef target) {
  llvm::Expected<CpuTarget> parsed = parseCpuTarget(target);
  if (!parsed)
    llvm::report_fatal_error(parsed.takeError()); // checked where the option was read
  return parsed->machine;
}

void tern::cpu::buildLowerToLLVMPipeline(OpPassManager &manager, StringRef target) {
  Machine machine = machineOf(target);
  // Every thread runs the entry; from here on it is the function that the runtime calls.
  manager.addPass(createLowerSpmd());
  // Many small functions are compiled faster than a large one.
  manager.addPass(createOutlineShares());
  if (machine.emulatesAmx)
    manager.addPass(createEmulateAmx());
  // Index arithmetic of views becomes visible before loops lose their structure, so that it can leave them.
  manager.addNestedPass<func::FuncOp>(memref::createExpandStridedMetadataPass());
  manager.addNestedPass<func::FuncOp>(createLowerAffinePass());
  manager.addNestedPass<func::FuncOp>(createCSEPass());
  manager.addNestedPass<func::FuncOp>(createLoopInvariantCodeMotionPass());
  manager.addNestedPass<func::FuncOp>(createSCFToControlFlowPass());
  // LLVM rounds to bf16 by an instruction, or by a call of a function that no library of ours has.
  if (!machine.bf16Dot)
    manager.addNestedPass<func::FuncOp>(arith::createArithExpandOpsPass({.includeBf16 = true}));
  // Special functions that LLVM has no instruction or intrinsic for are calls of libm.
  manager.addNestedPass<func::FuncOp>(createConvertMathToLLVMPass());
  manager.addPass(createConvertMathToLibmPass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.x86Vector = true;
  manager.addNestedPass<func::FuncOp>(createConvertVectorToLLVMPass(vectors));
  manager.addPass(createConvertToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createLegalizeBf16());
}
