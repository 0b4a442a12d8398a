// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the .td files say about ops and passes, as mlir-tblgen wrote it when this tool was built.

#ifndef TERN_COMPILER_TOOLS_LSP_DOCUMENTATION_H
#define TERN_COMPILER_TOOLS_LSP_DOCUMENTATION_H

#include "llvm/ADT/StringRef.h"

#include <map>
#include <string>

namespace tern::lsp {

/// All texts are Markdown.
struct Entry {
  std::string summary; // one line
  std::string text;    // everything, with a heading
  /// An op as its first example writes it, each operand, number and type a `${n:placeholder}`; empty without an
  /// example.
  std::string snippet;
  std::string example; // the first line of that, for people
};

struct Documentation {
  std::map<std::string, Entry, std::less<>> ops, passes; // "tern.attention", "tern-fuse-qkv"
};

const Documentation &documentation();

} // namespace tern::lsp

#endif // TERN_COMPILER_TOOLS_LSP_DOCUMENTATION_H
