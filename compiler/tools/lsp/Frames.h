// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Messages of the language server protocol in a stream of bytes: a Content-Length header, an empty line, JSON.

#ifndef TERN_COMPILER_TOOLS_LSP_FRAMES_H
#define TERN_COMPILER_TOOLS_LSP_FRAMES_H

#include "llvm/Support/JSON.h"

#include <optional>
#include <string>

namespace tern::lsp {

class FrameReader {
public:
  void feed(llvm::StringRef bytes) { pending += bytes; }
  /// The body of the next whole message. A header block without a length is skipped: the next one may be well.
  std::optional<std::string> next();
  /// A length that nobody means: where the next message begins can no longer be told.
  bool isLost() const { return lost; }

private:
  std::string pending;
  bool lost = false;
};

std::string frame(const llvm::json::Value &message);

} // namespace tern::lsp

#endif // TERN_COMPILER_TOOLS_LSP_FRAMES_H
