// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MLIR numbers values anew in every print. Here a value keeps the name of its first print for as long as its line
// lives, so that two prints differ only where the program does.

#ifndef TERN_COMPILER_TOOLS_STABLENAMES_H
#define TERN_COMPILER_TOOLS_STABLENAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

#include <string>
#include <vector>

namespace tern {

/// A `%value` or `^block` in a line.
struct NameToken {
  size_t begin, end;
};

std::vector<NameToken> findNames(llvm::StringRef line);
/// The line with every name blanked: what two lines have in common when only numbers differ.
std::string withoutNames(llvm::StringRef line);

/// Renames the lines of a print in place. `defined[j]` holds the names (with %) that the regions of the op on line j
/// define; results and block headers are seen in the text. `previous[j]` is the line that line j continues, or null;
/// `fresh` numbers new names and lives as long as the function.
void keepNames(std::vector<std::string> &lines, llvm::ArrayRef<std::vector<std::string>> defined,
               llvm::ArrayRef<const std::string *> previous, unsigned &fresh);

/// One more than the greatest number in any name.
unsigned firstFreeNumber(llvm::ArrayRef<std::string> lines);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_STABLENAMES_H
