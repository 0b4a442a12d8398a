// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of the passes, and why each is there.

#include "compiler/Pipeline.h"

#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

#include "compiler/cpu/Passes.h"
#include "compiler/derive/Passes.h"
#include "compiler/fuse/Passes.h"
#include "compiler/grad/Passes.h"
#include "compiler/lower/Passes.h"
#include "compiler/memory/Passes.h"
#include "compiler/shape/Passes.h"
#include "compiler/support/Passes.h"

using namespace mlir;

static SmallVector<std::string> listOf(const std::vector<std::string> &texts) { return {texts.begin(), texts.end()}; }

int64_t tern::contextOf(const PipelineOptions &options) {
  return std::max<int64_t>(options.context ? options.context : options.seq, 2);
}

int64_t tern::chunkOf(const PipelineOptions &options) {
  return options.prefill ? std::clamp<int64_t>(options.prefill, 2, contextOf(options)) : 0;
}

/// What is cheap is computed again in the backward pass, which costs no time in f32; products of bf16 would wait for it.
static std::string rematOf(const tern::PipelineOptions &options) {
  if (options.remat != "auto")
    return options.remat;
  return options.precision == "bf16" ? "none" : "selective";
}

void tern::buildModelPipeline(OpPassManager &manager, const PipelineOptions &options) {
  // 1. Sizes become numbers, and types follow; batch and sequence stay open.
  SmallVector<std::string> defines;
  for (const auto &[name, value] : options.defines)
    defines.push_back(name + "=" + value);
  manager.addPass(createBindHyper({defines}));
  // 2. A @loss that calls @forward becomes one body, so that what follows sees a single program per entry.
  manager.addPass(createInlinerPass());
  // 3. Parameters become arguments with a table; nothing below knows the module form.
  manager.addPass(createHoistParams());
  // 4. The loss follows from the objective, and @grad starts as its copy; @encode, @prefill and @decode start as copies of @forward.
  manager.addPass(createDeriveObjective({options.objective, chunkOf(options), options.slots}));
  if (options.taps)
    manager.addPass(createExposeTaps());
  // 5. Only training programs are random, and only they move running averages.
  manager.addPass(createSeedRandom());
  manager.addPass(createTrackAverages());
  // 6. From here on every shape is static.
  manager.addPass(createSpecializeShapes({options.batch, options.seq}));
  manager.addPass(createSetPrecision({options.precision == "bf16" ? "f32" : options.precision}));
  // 7. What owns its gradient is recognised while it is still whole: afterwards one would match backward graphs.
  manager.addNestedPass<func::FuncOp>(createRaiseAttention());
  manager.addNestedPass<func::FuncOp>(createRaiseNorm());
  manager.addNestedPass<func::FuncOp>(createRaiseCrossEntropy());
  // 8. Generation sees a sequence in pieces: what looks back gets caches and states. Caches hold what attention multiplies.
  manager.addPass(createDeriveDecode({contextOf(options), options.slots, options.precision == "bf16" ? "bf16" : ""}));
  //    From here on a scan over time is a repeat, and a cell is its products and gates.
  manager.addPass(createRepeatScan());
  manager.addPass(createDecompose());
  // 9. Products of one input are one product with one parameter. Before gradients, which then are one too, and before
  //    @init, which writes parameters as they are stored.
  manager.addPass(createFuseQkv());
  manager.addPass(createDeriveInit());
  // 10. Gradients, then the step made of them. What no state has a part in leaves the loop over time before, and the
  //     gradients of weights that all steps share leave it after.
  manager.addNestedPass<func::FuncOp>(createHoistProjections());
  manager.addPass(createDifferentiate({rematOf(options)}));
  manager.addNestedPass<func::FuncOp>(createSinkProducts());
  manager.addPass(createDeriveStep({options.optimizer, listOf(options.noDecay), options.ema}));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // 11. The loss and its gradient share one sweep over the logits, and gradients are born where they are kept.
  manager.addNestedPass<func::FuncOp>(createSinkAccumulate());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // 12. Mixed precision, after all that makes or recognises products.
  if (options.precision == "bf16") {
    manager.addNestedPass<func::FuncOp>(createNarrowProducts());
    manager.addPass(createCanonicalizerPass());
    manager.addPass(createCSEPass());
  }
  // 13. What one call costs, counted while ops still have names.
  manager.addNestedPass<func::FuncOp>(createCountCost());
}

void tern::buildTensorPipeline(OpPassManager &manager, const PipelineOptions &options) {
  // 1. Ops become loops with a formula (linalg) or kernels that a wing writes by hand.
  manager.addPass(createLowerToLinalg());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // 2. A constant tensor of one value is a fill, not data.
  manager.addNestedPass<func::FuncOp>(createMaterializeSplats());
  if (options.optimizationLevel == 0)
    return;
  // 3. One sweep over memory instead of several, and none where a product can do the work on its tile.
  manager.addNestedPass<func::FuncOp>(createFuseElementwise());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addNestedPass<func::FuncOp>(createFuseEpilogue());
  manager.addNestedPass<func::FuncOp>(createFuseSibling());
  manager.addNestedPass<func::FuncOp>(createFusePrologue());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // 4. Weights that never change are packed once, when they are loaded. Last, when it is clear who reads them and how.
  if (options.layouts != "none")
    manager.addPass(createChooseLayouts({options.target, options.f32}));
}

void tern::buildBufferPipeline(OpPassManager &manager, const PipelineOptions &options) {
  // 0. Packed tensors take the shape that they have in memory: bufferization would forget that they are packed.
  manager.addPass(createMaterializeLayouts());
  // 1. Variables and outputs get their memory: arguments become memrefs, results become writes into them. What starts
  //    empty or filled starts on its own before, or two results would start in the memory of one of them.
  manager.addNestedPass<func::FuncOp>(createFlattenCarried()); // loops carry values in the shape in which they are made
  manager.addNestedPass<func::FuncOp>(createUnshareInits());
  manager.addPass(createDestinationsToBuffers());
  // 2. What would be computed into a fresh tensor and then copied is computed in its destination.
  manager.addPass(bufferization::createEmptyTensorEliminationPass());
  // 3. Tensors become memrefs. In place wherever no later read forbids it.
  manager.addPass(bufferization::createOneShotBufferizePass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // 4. A temporary that is only copied, or kept for the backward pass, is computed where the copy goes; no copy that is
  //    left is unexplained.
  manager.addNestedPass<func::FuncOp>(createStashInPlace());
  manager.addNestedPass<func::FuncOp>(createForwardCopies());
  manager.addPass(createExplainCopies());
  // 5. Kernels and linalg ops become loops: the reference with scalars, the fast ones with vectors, cut into shares. What
  //    they were stays in the locations, for the profile.
  manager.addNestedPass<func::FuncOp>(createLabelKernels());
  if (options.optimizationLevel == 0)
    cpu::buildNaivePipeline(manager);
  else
    cpu::buildFastPipeline(manager, options.target, options.f32);
  // 6. One arena: every buffer at a fixed offset.
  manager.addPass(createPlanMemory({options.recordBuffers}));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void tern::buildLLVMPipeline(OpPassManager &manager, const PipelineOptions &options) {
  // Every thread runs the whole entry; shares and barriers become explicit, then everything becomes LLVM at once.
  cpu::buildLowerToLLVMPipeline(manager, options.target);
}

//===-- the corridor as a whole --------------------------------------------------------------------------------------===//

StringRef tern::nameOf(Stage stage) {
  static constexpr StringLiteral names[] = {"model", "tensor", "buffer", "llvm"};
  return names[static_cast<unsigned>(stage)];
}

void tern::buildPipeline(Stage stage, OpPassManager &manager, const PipelineOptions &options) {
  static constexpr void (*floors[])(OpPassManager &, const PipelineOptions &) = {buildModelPipeline, buildTensorPipeline,
                                                                               buildBufferPipeline, buildLLVMPipeline};
  if (options.insertions.empty()) {
    floors[static_cast<unsigned>(stage)](manager, options);
    // Every floor keeps its exit contract.
    manager.addPass(createVerifyFloor({nameOf(stage).str(), ""}));
    return;
  }
  for (const std::string &pass : listPasses(stage, options))
    if (failed(parsePassPipeline(pass, manager)))
      llvm::report_fatal_error("a pass of the corridor does not read back: " + Twine(pass));
}

void tern::registerPipelines() {
  using Builder = void (*)(OpPassManager &, const PipelineOptions &);
  auto add = [](StringRef name, StringRef description, Builder build) {
    PassPipelineRegistration<>(name, description, [build](OpPassManager &manager) { build(manager, {}); });
  };
  add("tern-model-pipeline", "tern to tern: every entry, specialised and fused", buildModelPipeline);
  add("tern-tensor-pipeline", "tern to linalg and tern_kernel on tensors", buildTensorPipeline);
  add("tern-buffer-pipeline", "tensors to memrefs in one planned arena", buildBufferPipeline);
  add("tern-llvm-pipeline", "memrefs to the LLVM dialect", buildLLVMPipeline);
}
