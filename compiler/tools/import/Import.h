// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ternc import PATH -o MODEL.mlir`: a published model becomes a model file.

#ifndef TERN_COMPILER_TOOLS_IMPORT_IMPORT_H
#define TERN_COMPILER_TOOLS_IMPORT_IMPORT_H

#include "llvm/ADT/ArrayRef.h"

namespace tern {

/// The arguments behind `import`; the exit status of the tool.
int runImport(llvm::ArrayRef<const char *> arguments);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_IMPORT_IMPORT_H
