// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parameters that a model file declares, and whether a checkpoint has them.

#ifndef TERN_COMPILER_TOOLS_IMPORT_PARAMETERS_H
#define TERN_COMPILER_TOOLS_IMPORT_PARAMETERS_H

#include "compiler/tools/import/Checkpoint.h"
#include "compiler/tools/import/Family.h"

#include "mlir/Support/LogicalResult.h"

namespace tern {

struct ParameterShape {
  std::string name;
  std::vector<int64_t> shape;
};

/// Of every layer, from the text of a model file as the compiler reads it. Diagnostics have been printed on failure.
mlir::FailureOr<std::vector<ParameterShape>> parametersOf(llvm::StringRef model);

/// How many numbers they are together.
uint64_t countNumbers(llvm::ArrayRef<ParameterShape> parameters);

/// "model." or "transformer." where a checkpoint's names begin so, else nothing.
std::string prefixOf(const Checkpoint &checkpoint);

/// All that differs in one message. Notes say what is left out, and why.
llvm::Error compareShapes(llvm::ArrayRef<ParameterShape> parameters, const Checkpoint &checkpoint, const Family &family,
                          std::vector<std::string> &notes);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_IMPORT_PARAMETERS_H
