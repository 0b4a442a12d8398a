// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a model file down the floors, for the tools: options of the command line, stages, code.

#ifndef TERN_COMPILER_TOOLS_COMPILE_H
#define TERN_COMPILER_TOOLS_COMPILE_H

#include "compiler/Pipeline.h"
#include "compiler/emit/Emit.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/LogicalResult.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"

#include <functional>

namespace tern {

/// Registers what every tool registers: passes, those of the plugins in argv, then MLIR's and LLVM's options, of which
/// --mlir-print-ir-after knows the passes that are there by then. False when a plugin was refused (its message is printed).
bool registerToolOptions(int &argc, char **argv);

/// --help shows the options of `category` and what all tools have beside them; --help-hidden shows MLIR's and LLVM's too.
void showToolOptions(llvm::cl::OptionCategory &category);

/// Parses argv; on an error prints it and returns false (usage: exit 2).
bool parseToolOptions(int argc, char **argv, llvm::StringRef overview);

/// What the options of every tool say about the pipeline (--insert-pass), and what is wrong with them.
llvm::Error addToolOptions(PipelineOptions &options);

/// What may be said for --objective and --optimizer, separated by commas.
std::string objectiveWords();
std::string optimizerWords();

/// "name=value" into the hyperparameters of `options`.
llvm::Error addDefine(PipelineOptions &options, llvm::StringRef define);

/// A compilation: one context whose diagnostics point into the model file.
class Compilation {
public:
  Compilation();
  ~Compilation();

  /// Reads and verifies a model file ("-" is standard input). Diagnostics have been printed on failure.
  mlir::LogicalResult read(llvm::StringRef path);
  /// The same from text in memory.
  mlir::LogicalResult parse(llvm::StringRef source);

  /// Runs the pipelines from the current floor down to `stage`.
  mlir::LogicalResult lower(Stage stage, const PipelineOptions &options);
  /// LLVM IR with its manifest, for `target`, not optimised yet. The module must be on the last floor.
  std::unique_ptr<llvm::Module> translate(llvm::LLVMContext &llvmContext, const CodeTarget &target,
                                          const PipelineOptions &options, const ProgramInfo &info);
  /// LLVM's own passes, timed and reported.
  void optimize(llvm::Module &program, const CodeTarget &target, const PipelineOptions &options);

  /// A copy of the module, and going on from it: one for every variant.
  mlir::OwningOpRef<mlir::ModuleOp> copy() { return owned->clone(); }
  void goOnFrom(mlir::ModuleOp module, Stage stage);

  /// Objective, optimizer, names and sizes, from the module's attributes and the options.
  ProgramInfo describe(const PipelineOptions &options, const CodeTarget &target) const;

  mlir::MLIRContext &context();
  mlir::ModuleOp module() { return *owned; }
  /// The text that was read.
  llvm::StringRef source() const { return text; }

  /// Times a step until the scope ends, as an entry of the tree that --mlir-timing prints.
  mlir::TimingScope time(llvm::StringRef step);

  /// Called with the passes of each floor before they run: where a tool adds what watches them.
  std::function<void(mlir::PassManager &, Stage)> prepare = [](mlir::PassManager &, Stage) {};
  /// Called with the name and the seconds of each step.
  std::function<void(llvm::StringRef, double)> report = [](llvm::StringRef, double) {};

private:
  mlir::LogicalResult parse(std::unique_ptr<llvm::MemoryBuffer> source);

  struct State;
  std::unique_ptr<State> state;
  mlir::OwningOpRef<mlir::ModuleOp> owned;
  std::string text; // of the model
  std::optional<Stage> floor;
};

/// What --mcpu says, for LLVM; `options` gets what the pipelines must know of it. Features that LLVM does not know, and those that
/// a program cannot ask the machine for, get a warning.
llvm::Expected<CodeTarget> selectTarget(llvm::StringRef cpu, PipelineOptions &options);

/// The same where --mcpu may name several: each with the options for its floors.
struct Variant {
  CodeTarget target;
  PipelineOptions options;
};
llvm::Expected<std::vector<Variant>> selectVariants(llvm::StringRef cpu, const PipelineOptions &options);

/// Handles --mcpu=help: true when it was asked for and has been printed.
bool listTargets(llvm::StringRef cpu);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_COMPILE_H
