// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What people see of the passes, in every tool: --remarks=REGEX and --mlir-pass-statistics.

#ifndef TERN_COMPILER_TOOLS_OBSERVATION_H
#define TERN_COMPILER_TOOLS_OBSERVATION_H

#include "mlir/IR/Location.h"
#include "mlir/Support/LLVM.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mlir {
class MLIRContext;
} // namespace mlir

namespace tern {

/// What is wrong with the regular expression of --remarks.
llvm::Error checkObservation();

/// Listens to the remarks of a context as the command line says: prints those that --remarks selects, each once per place and
/// in the order of the program, and counts all of them for --mlir-pass-statistics. To be called when the handler that
/// prints diagnostics is there. Says what is wrong with the regular expression.
mlir::LogicalResult observe(mlir::MLIRContext &context);

/// A remark as a tool may want to show it in its own way.
struct KeptRemark {
  std::string kind, pass, name, text; // "missed", "fuse-epilogue", "not fused", why
  mlir::Location location;
};
/// Also keeps every remark of contexts that are observed from now on. The locations live as long as their context.
void keepRemarks();
const std::vector<KeptRemark> &keptRemarks();

/// Prints the remarks of one more pass.
void alsoObserve(llvm::StringRef pass);

/// Replaces upstream's option --mlir-pass-statistics, which counts nothing in a release build of LLVM, and what is printed
/// after a crash. To be called when upstream's options are registered and before they are parsed.
void registerObservation();

} // namespace tern

#endif // TERN_COMPILER_TOOLS_OBSERVATION_H
