// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of well-formed byte sequences, read from the Unicode standard's: the first byte gives the length and the
// range of the second byte; all later bytes are 80..BF.

#include "runtime/text/Utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tern::rt {

namespace {

struct Lead {
  uint8_t first, last;     // of the first byte
  uint8_t bytes;           // of the whole character
  uint8_t lowest, highest; // of the second byte
};

constexpr Lead leads[] = {
    {0x00, 0x7f, 1, 0, 0},       {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

} // namespace

Utf8Step nextCharacter(std::string_view text) {
  auto byte = [&](size_t index) { return static_cast<uint8_t>(text[index]); };
  auto lead = std::ranges::find_if(leads, [&](const Lead &l) { return byte(0) >= l.first && byte(0) <= l.last; });
  if (lead == std::end(leads))
    return {Utf8Kind::Invalid, 1};
  for (size_t index = 1; index < lead->bytes; ++index) {
    if (index == text.size())
      return {Utf8Kind::Incomplete, index};
    uint8_t lowest = index == 1 ? lead->lowest : 0x80, highest = index == 1 ? lead->highest : 0xbf;
    if (byte(index) < lowest || byte(index) > highest)
      return {Utf8Kind::Invalid, index};
  }
  return {Utf8Kind::Character, lead->bytes};
}

size_t validPrefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    uint64_t eight = 0x8080808080808080u;
    if (text.size() - at >= 8)
      std::memcpy(&eight, text.data() + at, 8);
    if ((eight & 0x8080808080808080u) == 0) {
      at += 8;
      continue;
    }
    Utf8Step step = nextCharacter(text.substr(at));
    if (step.kind != Utf8Kind::Character)
      break;
    at += step.bytes;
  }
  return at;
}

std::string replaceInvalid(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    Utf8Step step = nextCharacter(text);
    result += step.kind == Utf8Kind::Character ? text.substr(0, step.bytes) : "\xef\xbf\xbd";
    text.remove_prefix(step.bytes);
  }
  return result;
}

} // namespace tern::rt
