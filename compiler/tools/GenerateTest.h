// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-opt --generate-test=PASS INPUT.mlir: a test of the pass on this input, to start from.

#ifndef TERN_COMPILER_TOOLS_GENERATETEST_H
#define TERN_COMPILER_TOOLS_GENERATETEST_H

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Support/LLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace tern {

/// What else was on the command line and belongs on that of the test.
struct TestRequest {
  bool allowUnregisteredDialects;
  std::vector<std::string> plugins; // files
};

/// True when --generate-test=PASS was given; to be asked after the options have been parsed.
bool isTestWanted();

/// Runs the pass on each part of the input and writes the input with the lines that check the result. Diagnostics have
/// been printed on failure.
mlir::LogicalResult generateTest(std::unique_ptr<llvm::MemoryBuffer> input, const mlir::DialectRegistry &registry,
                                 const TestRequest &request, llvm::raw_ostream &out);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_GENERATETEST_H
