// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first op whose values differ after a pass: the function is cut at op after op, and each cut is compared with what
// the pass makes of it.

#ifndef TERN_COMPILER_TOOLS_BISECT_LOCALIZE_H
#define TERN_COMPILER_TOOLS_BISECT_LOCALIZE_H

#include "compiler/tools/bisect/Cut.h"
#include "compiler/tools/bisect/Search.h"

namespace tern::bisect {

/// A suspected step of the corridor and what runs after it in any case.
class Suspect {
public:
  static constexpr llvm::StringLiteral llvmName = "llvm-O3"; // LLVM's optimizer, in the place of a pass
  Suspect(const Setup &setup, size_t step);
  /// From the text of a pass; what comes after it follows from what the module holds.
  Suspect(const Setup &setup, llvm::StringRef pass);

  /// The module without the pass against the module with it. Neither may fail.
  Verdict judge(mlir::ModuleOp module, int64_t slices = 1, bool reversed = false) const;
  /// The same, with both outcomes.
  Verdict judge(mlir::ModuleOp module, const Comparison &how, Outcome &without, Outcome &with) const;

  std::string pass() const { return passes.empty() ? llvmName.str() : passes.front(); }
  const Setup &setup;

private:
  std::vector<std::string> passes; // none: LLVM's optimizer
  std::vector<std::string> rest;
  bool isFromText = false;
};

struct Site {
  std::string function;
  bool keepsVariables; // the pass only acts on parameters
  Path path;
  unsigned index;
  mlir::Operation *op; // in the module that was searched
  int64_t layer = -1;  // the first one that differs, of the loop around the op
  Verdict verdict;
};

/// Nothing when the difference cannot be seen in any function alone.
std::optional<Site> findOp(mlir::ModuleOp before, const Suspect &suspect);

/// The function of the site alone, cut at its op.
mlir::OwningOpRef<mlir::ModuleOp> cutAtSite(mlir::ModuleOp before, const Site &site, bool onlyResults);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_LOCALIZE_H
