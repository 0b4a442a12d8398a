// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same bits on every run, at any number of threads: check.deterministic as tern-run performs it.

#ifndef TERN_COMPILER_TOOLS_DETERMINISMTESTS_H
#define TERN_COMPILER_TOOLS_DETERMINISMTESTS_H

#include "compiler/tools/Compile.h"

namespace tern {

/// Performs every check.deterministic of a file, each as a program of its own. Returns the number that failed.
unsigned runDeterminismChecks(mlir::ModuleOp file, const PipelineOptions &options, const CodeTarget &target,
                              llvm::raw_ostream &out);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_DETERMINISMTESTS_H
