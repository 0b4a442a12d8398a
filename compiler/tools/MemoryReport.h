// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a program will need, exact, before anything runs: --report=memory.

#ifndef TERN_COMPILER_TOOLS_MEMORYREPORT_H
#define TERN_COMPILER_TOOLS_MEMORYREPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace tern {

/// Prints the plan that plan-memory left on the module: a table, or one JSON object on a line (the same keys as the
/// `memory` object of `PROG info --json`).
void printMemoryReport(mlir::ModuleOp module, bool json, llvm::raw_ostream &out);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_MEMORYREPORT_H
