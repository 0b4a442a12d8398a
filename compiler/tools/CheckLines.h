// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IR as lines for FileCheck.

#ifndef TERN_COMPILER_TOOLS_CHECKLINES_H
#define TERN_COMPILER_TOOLS_CHECKLINES_H

#include "mlir/IR/Operation.h"

#include <string>
#include <vector>

namespace tern {

/// The lines that check an op of a module as `tern-opt` prints it: a function with its label, its arguments and its
/// body, line after line, values captured where they are defined. Values must have been named (ValueNames.h).
std::vector<std::string> checkLines(mlir::Operation *op);

/// "// CHECK: module attributes {...} {", or nothing where there is nothing to say.
std::vector<std::string> checkLinesOfHeader(mlir::Operation *module);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_CHECKLINES_H
