// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small file that shows a difference.

#ifndef TERN_COMPILER_TOOLS_BISECT_SHRINK_H
#define TERN_COMPILER_TOOLS_BISECT_SHRINK_H

#include "compiler/tools/bisect/Localize.h"

namespace tern::bisect {

/// The smallest module that was found in which the pass of `suspect` changes values, or null when the difference is
/// lost outside of the whole model.
mlir::OwningOpRef<mlir::ModuleOp> shrink(mlir::ModuleOp before, const Site &site, const Suspect &suspect);

/// The functions of a module as they stand in a file.
std::string textOf(mlir::ModuleOp module);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_SHRINK_H
