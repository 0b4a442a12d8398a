// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function as lines of IR, with the op that each line belongs to.

#ifndef TERN_COMPILER_TOOLS_PRINTEDLINES_H
#define TERN_COMPILER_TOOLS_PRINTEDLINES_H

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace tern {

/// One print, line by line.
struct Print {
  std::vector<std::string> lines;
  std::vector<mlir::Operation *> ops;            // that begins on the line, or null
  std::vector<mlir::Operation *> owners;         // that the line belongs to, or null
  std::vector<std::vector<std::string>> defined; // names that the regions of the op on the line define
};

/// Large constants are elided, long lines cut; a function with many arguments has one per line.
Print printLines(mlir::Operation *op);

/// The module's attributes one per line, and everything that is not a function with a body.
Print printBeside(mlir::ModuleOp module);

bool isFunctionWithBody(mlir::Operation &op);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_PRINTEDLINES_H
