// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradient checks as tern-run performs them: of the functions that `check.gradient` names, and of whole models.

#ifndef TERN_COMPILER_TOOLS_GRADIENTTESTS_H
#define TERN_COMPILER_TOOLS_GRADIENTTESTS_H

#include "compiler/tools/Compile.h"
#include "compiler/tools/GradientCheck.h"

namespace tern {

/// Performs every check.gradient of a file, each as a program of its own. Returns the number that failed.
unsigned runGradientChecks(mlir::ModuleOp file, const PipelineOptions &options, const CodeTarget &target,
                           llvm::raw_ostream &out);

/// Compiles the model in f64 and compares @grad with @loss for every parameter tensor, from the values of @init on
/// random inputs. True when all agree within the tolerance.
llvm::Expected<bool> checkModelGradients(llvm::StringRef path, PipelineOptions options, const CodeTarget &target,
                                         const GradientOptions &check, llvm::raw_ostream &out);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_GRADIENTTESTS_H
