// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stands at a place of a document.

#include "compiler/tools/lsp/Text.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Regex.h"

#include <algorithm>

using namespace llvm;
using namespace tern::lsp;

//===-- positions ------------------------------------------------------------------------------------------------===//

static bool startsCharacter(char byte) { return (byte & 0xC0) != 0x80; }

// Four bytes of UTF-8 are two units of UTF-16.
static unsigned unitsOf(char firstByte) { return (firstByte & 0xF8) == 0xF0 ? 2 : 1; }

static size_t lineStart(StringRef text, unsigned line) {
  size_t start = 0;
  for (; line > 0; --line) {
    size_t end = text.find('\n', start);
    if (end == StringRef::npos)
      return text.size();
    start = end + 1;
  }
  return start;
}

std::optional<size_t> tern::lsp::offsetOf(StringRef text, const json::Value *position) {
  const json::Object *object = position ? position->getAsObject() : nullptr;
  std::optional<int64_t> line = object ? object->getInteger("line") : std::nullopt;
  std::optional<int64_t> character = object ? object->getInteger("character") : std::nullopt;
  if (!line || !character || *line < 0 || *line > INT32_MAX || *character < 0)
    return std::nullopt;
  size_t offset = lineStart(text, *line);
  for (int64_t units = 0; offset < text.size() && text[offset] != '\n';) {
    units += unitsOf(text[offset]);
    if (units > *character)
      break;
    do
      ++offset;
    while (offset < text.size() && !startsCharacter(text[offset]));
  }
  return offset;
}

json::Object tern::lsp::positionOf(StringRef text, size_t offset) {
  StringRef before = text.take_front(offset);
  StringRef line = lineBefore(text, offset);
  int64_t units = 0;
  for (char byte : line)
    units += startsCharacter(byte) ? unitsOf(byte) : 0;
  return json::Object{{"line", int64_t(before.count('\n'))}, {"character", units}};
}

json::Object tern::lsp::rangeOf(StringRef text, Span span) {
  return json::Object{{"start", positionOf(text, span.begin)}, {"end", positionOf(text, span.end)}};
}

size_t tern::lsp::offsetOf(StringRef text, unsigned line, unsigned column) {
  size_t start = lineStart(text, std::max(line, 1u) - 1);
  size_t end = std::min(text.find('\n', start), text.size());
  return std::min(start + std::max(column, 1u) - 1, end);
}

//===-- names ----------------------------------------------------------------------------------------------------===//

static bool isOpChar(char c) { return isAlnum(c) || c == '_' || c == '$' || c == '.'; }
static bool isPassChar(char c) { return isAlnum(c) || c == '_' || c == '-'; }

static Span around(StringRef text, size_t offset, bool (*belongs)(char)) {
  Span span{offset, offset};
  while (span.begin > 0 && belongs(text[span.begin - 1]))
    --span.begin;
  while (span.end < text.size() && belongs(text[span.end]))
    ++span.end;
  return span;
}

Span tern::lsp::nameAround(StringRef text, size_t offset) { return around(text, offset, isOpChar); }

Span tern::lsp::passNameAround(StringRef text, size_t offset) {
  Span span = around(text, offset, isPassChar);
  while (span.begin < span.end && text[span.begin] == '-')
    ++span.begin;
  return span;
}

StringRef tern::lsp::lineBefore(StringRef text, size_t offset) {
  StringRef before = text.take_front(offset);
  return before.substr(before.rfind('\n') + 1); // npos + 1 is the start
}

bool tern::lsp::isRunLine(StringRef lineBefore) {
  static const Regex run("^ *(// *)?RUN:");
  return run.match(lineBefore);
}

std::optional<Span> tern::lsp::opNameBefore(StringRef text, size_t offset) {
  static const Regex statement("^[ \t]*(%[^=]*=[ \t]*)?\"?([A-Za-z_][A-Za-z0-9_$.]*)?$");
  SmallVector<StringRef> parts;
  if (!statement.match(lineBefore(text, offset), &parts))
    return std::nullopt;
  // On an empty line anything may follow.
  if (parts[1].empty() && parts[2].empty())
    return std::nullopt;
  return Span{offset - parts[2].size(), offset};
}

std::optional<Span> tern::lsp::sigilBefore(StringRef text, size_t offset, char sigil) {
  size_t begin = offset;
  while (begin > 0 && isOpChar(text[begin - 1]))
    --begin;
  if (begin == 0 || text[begin - 1] != sigil)
    return std::nullopt;
  return Span{begin - 1, offset};
}

//===-- what is defined ------------------------------------------------------------------------------------------===//

// Every match of a pattern whose first group is the name, each name once.
static std::vector<Named> collect(StringRef text, StringRef pattern,
                                  function_ref<std::string(ArrayRef<StringRef>)> detail) {
  const Regex regex(pattern, Regex::Newline);
  std::vector<Named> found;
  StringSet<> seen;
  SmallVector<StringRef> parts;
  while (regex.match(text, &parts)) {
    if (seen.insert(parts[1]).second)
      found.push_back({parts[1].str(), detail(parts)});
    text = text.drop_front(parts[1].end() - text.begin());
  }
  return found;
}

// The first time that a value is named is where it is defined, in a file that is not all wrong.
std::vector<Named> tern::lsp::valuesBefore(StringRef text, size_t offset) {
  return collect(text.take_front(offset), "(%[A-Za-z0-9_$.-]+)(:[0-9]+)?([ \t]*=[ \t]*([A-Za-z_.0-9]+))?",
                 [](ArrayRef<StringRef> parts) { return parts[4].str(); });
}

// Hyperparameters and functions.
std::vector<Named> tern::lsp::symbolsIn(StringRef text) {
  return collect(text, "(@[A-Za-z0-9_$.-]+)[ \t]*(= *([^ \n]*)|\\()", [](ArrayRef<StringRef> parts) {
    return parts[3].empty() ? std::string("function") : "= " + parts[3].str();
  });
}
