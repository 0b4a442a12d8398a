// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The corridor: every pass of the compiler in order, one function per floor. A tool stops where it wants.

#ifndef TERN_COMPILER_PIPELINE_H
#define TERN_COMPILER_PIPELINE_H

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tern {

/// The floors, from the roof to the door.
enum class Stage { Model, Tensor, Buffer, LLVM };
inline constexpr Stage allStages[] = {Stage::Model, Stage::Tensor, Stage::Buffer, Stage::LLVM};
/// "model", "tensor", "buffer" or "llvm".
llvm::StringRef nameOf(Stage stage);

/// A pass that somebody else wrote, placed beside one of ours. The anchor is the flag of a pass of the corridor without
/// `tern-`, and one that occurs once; the pass is a text as in a pass pipeline: `my-pass{limit=2}`.
struct Insertion {
  bool after = true;
  std::string anchor, pass;
};
/// From "after:fuse-qkv:my-pass{limit=2}" or "before:...".
llvm::Expected<Insertion> parseInsertion(llvm::StringRef text);

/// Every choice that changes the program.
struct PipelineOptions {
  std::string objective = "none"; // a word of derive/Objectives.cpp, or none
  int64_t batch = 1;              // micro-batch
  int64_t seq = 0;                // sequence length of training entries; 0 when the model has no such dimension
  int64_t context = 0;            // positions of a sequence in generation; 0: as many as seq
  int64_t slots = 1;              // sequences of generation
  int64_t prefill = 64;           // tokens of a chunk of a prompt; 0: no entries for generation
  std::string precision = "f32";  // f32, f64, bf16 (factors of products; the rest f32)
  std::string f32 = "auto";        // products of f32 on tile registers: exact, split6, split3, auto
  std::string layouts = "auto";    // of weights that never change: auto (packed where products gain by it), none
  std::string optimizer = "adamw"; // a word of derive/Optimizers.cpp, or none
  std::vector<std::string> noDecay; // patterns of names of parameters that do not decay
  bool ema = false;                // also keep an exponential moving average of the weights
  std::string remat = "auto";      // none, selective, layer, or auto: none in bf16, else selective
  bool taps = false;               // @forward also returns activations marked with tern.tap
  std::map<std::string, std::string> defines; // hyperparameter -> number
  unsigned optimizationLevel = 3;             // 0: plain loops, the reference; 3: fast
  bool recordBuffers = false;                 // the life and place of every buffer in attributes
  std::string target = "x86-64-v3";           // what the code is made for (compiler/cpu/CpuTarget.h)
  std::vector<Insertion> insertions; // in the order in which they run, where they share an anchor
};

/// Positions that a sequence may have in generation, and tokens of a chunk: a sequence is at least two tokens long.
int64_t contextOf(const PipelineOptions &options);
int64_t chunkOf(const PipelineOptions &options);

/// tern -> tern: from the one forward definition to every entry, specialised and fused.
void buildModelPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);
/// tern -> linalg and tern_kernel on tensors.
void buildTensorPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);
/// tensors -> memrefs in one planned arena, loops and vectors.
void buildBufferPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);
/// memrefs -> the LLVM dialect.
void buildLLVMPipeline(mlir::OpPassManager &manager, const PipelineOptions &options);

/// The passes of a floor in order, insertions included, each as a text that a pass pipeline takes: `func.func(tern-raise-norm)`.
/// The last one checks what the floor leaves behind. Insertions must have been checked.
std::vector<std::string> listPasses(Stage stage, const PipelineOptions &options);
/// "fuse-epilogue" for "func.func(tern-fuse-epilogue{limit=2})": what an anchor says.
llvm::StringRef nameOfPass(llvm::StringRef text);
/// Finds a place for every insertion, and a pass by its name; else says which there are.
llvm::Error checkInsertions(const PipelineOptions &options);
/// All of that into a manager of modules.
void buildPipeline(Stage stage, mlir::OpPassManager &manager, const PipelineOptions &options);

/// `--tern-model-pipeline`, `--tern-tensor-pipeline`, ... for tern-opt.
void registerPipelines();

} // namespace tern

#endif // TERN_COMPILER_PIPELINE_H
