// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Directives against the static plan: nothing runs, so nothing is flaky.

#ifndef TERN_COMPILER_TOOLS_PLANCHECK_H
#define TERN_COMPILER_TOOLS_PLANCHECK_H

#include "compiler/tools/PlanDirectives.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace tern {

/// Compares every directive with the plan of a module that has passed the buffer floor, for `threads` threads. Prints
/// PASS or FAIL, and what was found for each that does not hold. A class or an entry that does not exist is an error at
/// its place. True when all hold.
bool checkPlan(llvm::ArrayRef<Directive> directives, mlir::ModuleOp module, unsigned threads, llvm::raw_ostream &out);

/// Prints the plan as directives that hold.
void printPlan(mlir::ModuleOp module, unsigned threads, llvm::raw_ostream &out);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_PLANCHECK_H
