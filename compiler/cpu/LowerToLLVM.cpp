// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last floor before the door: planned functions with loops and vectors of one dimension to the LLVM dialect.

#include "compiler/cpu/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void tern::cpu::buildNaivePipeline(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createExpandKernelsNaive());
}

void tern::cpu::buildLowerToLLVMPipeline(OpPassManager &manager) {
  // Every thread runs the entry; from here on it is the function that the runtime calls.
  manager.addPass(createLowerSpmd());
  // Index arithmetic of views becomes visible before loops lose their structure, so that it can leave them.
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createCSEPass());
  manager.addPass(createLoopInvariantCodeMotionPass());
  manager.addPass(createSCFToControlFlowPass());
  // Special functions that LLVM has no instruction or intrinsic for are calls of libm.
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createConvertMathToLibmPass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.x86Vector = true;
  manager.addPass(createConvertVectorToLLVMPass(vectors));
  manager.addPass(createConvertToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
}
