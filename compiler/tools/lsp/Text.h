// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stands at a place of a document. The protocol counts characters in UTF-16 units, everything here in bytes of
// UTF-8.

#ifndef TERN_COMPILER_TOOLS_LSP_TEXT_H
#define TERN_COMPILER_TOOLS_LSP_TEXT_H

#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace tern::lsp {

/// Bytes [begin, end) of a document.
struct Span {
  size_t begin = 0, end = 0;
  llvm::StringRef in(llvm::StringRef text) const { return text.slice(begin, end); }
};

/// Of a position {"line", "character"}; nothing when it has not that form. Past the end of a line is its end.
std::optional<size_t> offsetOf(llvm::StringRef text, const llvm::json::Value *position);
llvm::json::Object positionOf(llvm::StringRef text, size_t offset);
llvm::json::Object rangeOf(llvm::StringRef text, Span span);
/// Of a line and a column, both counted from 1 in bytes, as compilers do.
size_t offsetOf(llvm::StringRef text, unsigned line, unsigned column);

/// The name around a place: op names have dots, and names of passes hyphens.
Span nameAround(llvm::StringRef text, size_t offset);
Span passNameAround(llvm::StringRef text, size_t offset);

/// The line up to a place.
llvm::StringRef lineBefore(llvm::StringRef text, size_t offset);
/// The part of the op's name that stands before a place where an op may begin: after nothing but blanks or `%x, %y =`.
std::optional<Span> opNameBefore(llvm::StringRef text, size_t offset);
/// `// RUN: ...`
bool isRunLine(llvm::StringRef lineBefore);

/// The name that begins with `sigil` and ends at a place, sigil included.
std::optional<Span> sigilBefore(llvm::StringRef text, size_t offset, char sigil);

/// Names with their sigil and what is said of them: values that are defined before a place, symbols of the whole text.
/// They are found by form alone, so that a file that does not parse has some too.
struct Named {
  std::string name, detail;
};
std::vector<Named> valuesBefore(llvm::StringRef text, size_t offset);
std::vector<Named> symbolsIn(llvm::StringRef text);

} // namespace tern::lsp

#endif // TERN_COMPILER_TOOLS_LSP_TEXT_H
