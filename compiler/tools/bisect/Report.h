// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The two things that tern-bisect does, and what it prints about them.

#ifndef TERN_COMPILER_TOOLS_BISECT_REPORT_H
#define TERN_COMPILER_TOOLS_BISECT_REPORT_H

#include "compiler/tools/bisect/Localize.h"

namespace tern::bisect {

struct Report {
  std::string model, output; // file names
  // Options that are printed again, each with a space before it.
  std::string plugins;    // --load-pass-plugin
  std::string insertions; // --insert-pass
  std::string numbers;    // what changes them: --precision, --tolerance, --seed, --classes
  std::string shapes;     // --batch, --seq
  std::string defines;    // --define
  Setup &setup;
  llvm::raw_ostream &out;

  /// -O0 against -O3, down to a small file. True when they agree.
  llvm::Expected<bool> bisect(mlir::ModuleOp module);
  /// Every function of a file with and without a pass. True when they agree.
  llvm::Expected<bool> check(mlir::ModuleOp module, llvm::StringRef pass);

private:
  void printCulprit(const Culprit &culprit);
  void printFailure(const Culprit &culprit);
  void printSite(const Site &site);
  std::string sizeOptions(mlir::ModuleOp module) const;
  llvm::Error writeFile(mlir::ModuleOp reduced, llvm::StringRef pass);
};

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_REPORT_H
