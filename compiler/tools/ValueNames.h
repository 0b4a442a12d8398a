// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names for values that people read: those of the source where a pass has kept its locations, else those of the ops.

#ifndef TERN_COMPILER_TOOLS_VALUENAMES_H
#define TERN_COMPILER_TOOLS_VALUENAMES_H

#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tern {

/// Puts the names that values have in the source into their locations, which most rewrites hand on.
void keepSourceNames(const mlir::AsmParserState &source);

/// Replaces the locations in a function by names in upper case, each of one value only, so that a printer of locations
/// as names (`OpPrintingFlags::printNameLocAsPrefix`) never numbers anything.
void nameValues(mlir::FunctionOpInterface function);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_VALUENAMES_H
