// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A file of @test_* functions becomes a program: each test an entry, what it checks its outputs.

#ifndef TERN_COMPILER_TOOLS_TESTPROGRAM_H
#define TERN_COMPILER_TOOLS_TESTPROGRAM_H

#include "compiler/tools/Comparison.h"
#include "compiler/tools/Compile.h"

#include <string>
#include <vector>

namespace tern {

/// One check.equal or check.almost_equal: outputs "check<number>.actual" and "check<number>.expected" of its test.
struct Check {
  std::string location;
  Agreement agreement;
};

struct Test {
  std::string name;
  std::vector<Check> checks;
};

/// True when the module has a @test_* function.
bool holdsTests(mlir::ModuleOp module);

/// Makes every @test_* an entry that returns what its checks compare. Functions that tests call are inlined, all others
/// go away. Checks may stand only at the top level of a test.
mlir::FailureOr<std::vector<Test>> makeTests(mlir::ModuleOp module);

/// Runs one test and prints what disagrees. True when everything agrees.
bool runTest(Jit &jit, const Test &test, llvm::raw_ostream &out);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_TESTPROGRAM_H
