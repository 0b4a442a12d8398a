// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each branch below is an alternative of the pattern, in the order of the pattern. A run that is ended by a byte beyond ASCII
// is undecided: that character may belong to it.

#include "runtime/text/WordScanner.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tern::rt {

const std::string_view gpt2Words = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
const std::string_view llama3Words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
const std::string_view qwenWords =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
const std::string_view spacedWords = " *[^ ]+| +";

namespace {

enum class Kind : uint8_t { Letter, Digit, Space, LineEnd, Other, Beyond, Nothing };

constexpr auto kinds = [] {
  std::array<Kind, 256> table{};
  for (int byte = 0; byte < 256; ++byte) {
    bool isLetter = (byte | 32) >= 'a' && (byte | 32) <= 'z';
    bool isSpace = byte == ' ' || (byte >= 9 && byte <= 13);
    table[byte] = byte >= 128                      ? Kind::Beyond
                  : isLetter                       ? Kind::Letter
                  : byte >= '0' && byte <= '9'     ? Kind::Digit
                  : byte == '\n' || byte == '\r'   ? Kind::LineEnd
                  : isSpace                        ? Kind::Space
                                                   : Kind::Other;
  }
  return table;
}();

Kind kindAt(std::string_view text, size_t at) {
  return at < text.size() ? kinds[static_cast<uint8_t>(text[at])] : Kind::Nothing;
}

size_t endOfRun(std::string_view text, size_t at, Kind kind) {
  while (kindAt(text, at) == kind)
    ++at;
  return at;
}

// The end of the run, or 0 when what follows may belong to it.
size_t decidedEnd(std::string_view text, size_t at, Kind kind) {
  size_t end = endOfRun(text, at, kind);
  return kindAt(text, end) == Kind::Beyond ? 0 : end;
}

bool isSpace(Kind kind) { return kind == Kind::Space || kind == Kind::LineEnd; }

// 's 't 'm 'd 're 've 'll; 0: none of them.
size_t contraction(std::string_view text, uint8_t caseBit) {
  if (text.size() < 2 || text[0] != '\'')
    return 0;
  char first = static_cast<char>(text[1] | caseBit), second = text.size() > 2 ? static_cast<char>(text[2] | caseBit) : '\0';
  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return 2;
  bool isLong = ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l');
  return isLong ? 3 : 0;
}

struct Spaces {
  size_t end = 0;         // of the run; 0: undecided
  size_t lastLineEnd = 0; // behind the last one in it; 0: none
};

Spaces spacesOf(std::string_view text) {
  Spaces spaces;
  size_t at = 0;
  for (Kind kind = kindAt(text, 0); isSpace(kind); kind = kindAt(text, ++at))
    if (kind == Kind::LineEnd)
      spaces.lastLineEnd = at + 1;
  spaces.end = kindAt(text, at) == Kind::Beyond ? 0 : at;
  return spaces;
}

// \s+(?!\S)|\s+   all of a run at the end; else all but one, which the next word may take
size_t spacesBeforeWord(std::string_view text, size_t end) { return end < text.size() && end > 1 ? end - 1 : end; }

} // namespace

std::optional<WordScanner> WordScanner::of(std::string_view pattern) {
  WordScanner scanner;
  if (pattern == llama3Words || pattern == qwenWords) {
    scanner.style = Style::Llama3;
    scanner.digits = pattern == llama3Words ? 3 : 1;
  } else if (pattern == spacedWords)
    scanner.style = Style::Spaced;
  else if (pattern != gpt2Words)
    return std::nullopt;
  return scanner;
}

size_t WordScanner::nextSpaced(std::string_view text) {
  size_t word = text.find_first_not_of(' ');
  return word == text.npos ? text.size() : std::min(text.find(' ', word), text.size());
}

size_t WordScanner::nextGpt2(std::string_view text) {
  if (size_t length = contraction(text, 0))
    return length;
  size_t start = text[0] == ' ' && text.size() > 1 && !isSpace(kindAt(text, 1)) ? 1 : 0;
  Kind kind = kindAt(text, start);
  if (kind == Kind::Beyond)
    return 0;
  if (!isSpace(kind)) // | ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+
    return decidedEnd(text, start, kind);
  return spacesBeforeWord(text, spacesOf(text).end);
}

size_t WordScanner::nextLlama3(std::string_view text) const {
  Kind kind = kindAt(text, 0), following = kindAt(text, 1);
  if (kind == Kind::Letter) // [^\r\n\p{L}\p{N}]?\p{L}+ without the first
    return decidedEnd(text, 0, Kind::Letter);
  if (kind == Kind::Beyond || (following == Kind::Beyond && kind != Kind::Digit))
    return 0; // "'" before a long s, which is an s to (?i), is among these
  if (kind == Kind::Digit) { // \p{N}{1,3}
    size_t end = 1;
    while (end < digits && kindAt(text, end) == Kind::Digit)
      ++end;
    return end < digits && kindAt(text, end) == Kind::Beyond ? 0 : end;
  }
  if (size_t length = contraction(text, 32))
    return length;
  if (kind != Kind::LineEnd && following == Kind::Letter)
    return decidedEnd(text, 1, Kind::Letter);
  size_t start = text[0] == ' ' && following == Kind::Other ? 1 : 0;
  if (kindAt(text, start) == Kind::Other) { // | ?[^\s\p{L}\p{N}]+[\r\n]*
    size_t end = decidedEnd(text, start, Kind::Other);
    return end == 0 ? 0 : endOfRun(text, end, Kind::LineEnd);
  }
  Spaces spaces = spacesOf(text);
  if (spaces.end != 0 && spaces.lastLineEnd != 0) // \s*[\r\n]+
    return spaces.lastLineEnd;
  return spacesBeforeWord(text, spaces.end);
}

} // namespace tern::rt
