// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first op whose values differ after a pass: the function is cut at op after op, and each cut is compared with what
// the pass makes of it.

#ifndef TERN_COMPILER_TOOLS_BISECT_LOCALIZE_H
#define TERN_COMPILER_TOOLS_BISECT_LOCALIZE_H

#include "compiler/tools/bisect/Cut.h"
#include "compiler/tools/bisect/Search.h"

namespace tern::bisect {

/// A suspected pass, and what runs besides: the required passes. A pass of the upper floors, or one without a place in
/// the corridor, is the first that runs. One of the lower floors runs at its place: values are looked at as tensors.
class Suspect {
public:
  static constexpr llvm::StringLiteral llvmName = "llvm-O3"; // LLVM's optimizer, in the place of a pass

  Suspect(const Setup &setup, size_t step);
  /// The text of a pass, the place of one ("buffer:stash-in-place"), or llvmName.
  Suspect(const Setup &setup, llvm::StringRef pass);

  /// The module without the pass against the module with it. Nothing differs where one of them fails.
  Verdict judge(mlir::ModuleOp module, int64_t slices = 1, bool reversed = false) const;
  /// The same, with both outcomes.
  Verdict judge(mlir::ModuleOp module, const Comparison &how, Outcome &without, Outcome &with) const;

  /// What makes the same suspect again from a command line.
  std::string name() const;
  /// The step before which modules are cut.
  size_t cutStep() const;
  const Setup &setup;

private:
  std::string text;            // of a pass that runs first
  std::optional<size_t> step;  // of a pass at its place; the length of the corridor: LLVM's optimizer
  std::optional<size_t> begin; // of what runs besides; none: what the module needs
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
