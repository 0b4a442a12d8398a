// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The corridor: every pass of the compiler in order, one function per floor. A tool stops where it wants.

#ifndef TERN_COMPILER_PIPELINE_H
#define TERN_COMPILER_PIPELINE_H

#include "mlir/Pass/PassManager.h"

#include <cstdint>
#include <map>
#include <string>

namespace tern {

/// What the code is made for. Filled by the tool from CPU features, never from a model name.
struct TargetMachineInfo {
  unsigned vectorBits = 256; // width of one vector register
  bool fusedMultiplyAdd = true;
  uint64_t l1Bytes = 32 << 10;
  uint64_t l2Bytes = 1 << 20;
};

/// Every choice that changes the program.
struct PipelineOptions {
  std::string objective = "none"; // causal-lm, none
  int64_t batch = 1;              // micro-batch
  int64_t seq = 0;                // sequence length of training entries; 0 when the model has no such dimension
  std::string precision = "f32";  // f32, f64
  std::string optimizer = "adamw"; // adamw, sgd, none
  std::string remat = "none";      // none, layer
  bool taps = false;               // @forward also returns activations marked with tern.tap
  std::map<std::string, std::string> defines; // hyperparameter -> number
  unsigned optimizationLevel = 3;             // 0: plain loops, the reference; 3: fast
  bool explainCopies = false;                 // a remark per copy that bufferization left
  TargetMachineInfo machine;
};

/// tern -> tern: from the one forward definition to every entry, specialised and fused.
void buildModelPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);
/// tern -> linalg and tern_kernel on tensors.
void buildTensorPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);
/// tensors -> memrefs in one planned arena, loops and vectors.
void buildBufferPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);
/// memrefs -> the LLVM dialect.
void buildLLVMPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);

/// `--tern-model-pipeline`, `--tern-tensor-pipeline`, ... for tern-opt.
void registerPipelines();

} // namespace tern

#endif // TERN_COMPILER_PIPELINE_H
