// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Messages in a stream of bytes.

#include "compiler/tools/lsp/Frames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tern::lsp;

// A text file of a gigabyte is no model file.
static constexpr uint64_t longest = 1ull << 30;

static std::optional<uint64_t> contentLength(StringRef header) {
  SmallVector<StringRef> lines;
  header.split(lines, "\r\n");
  for (StringRef line : lines) {
    auto [key, value] = line.split(':');
    uint64_t length;
    if (key.trim().equals_insensitive("content-length") && !value.trim().getAsInteger(10, length))
      return length;
  }
  return std::nullopt;
}

std::optional<std::string> FrameReader::next() {
  while (!lost) {
    size_t end = pending.find("\r\n\r\n");
    if (end == std::string::npos)
      return std::nullopt;
    std::optional<uint64_t> length = contentLength(StringRef(pending).take_front(end));
    size_t body = end + 4;
    if (!length) {
      pending.erase(0, body);
      continue;
    }
    lost = *length > longest;
    if (lost || pending.size() - body < *length)
      return std::nullopt;
    std::string message = pending.substr(body, *length);
    pending.erase(0, body + *length);
    return message;
  }
  return std::nullopt;
}

std::string tern::lsp::frame(const json::Value &message) {
  std::string body, text;
  raw_string_ostream(body) << message;
  raw_string_ostream(text) << "Content-Length: " << body.size() << "\r\n\r\n" << body;
  return text;
}
