// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All letters are below U+0800: one or two bytes of UTF-8.

#include "runtime/text/ByteAlphabet.h"

#include <array>

namespace tern::rt {

static constexpr bool isPrintable(int byte) {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

static constexpr auto letters = [] {
  std::array<uint16_t, 256> table{};
  uint16_t others = 256;
  for (int byte = 0; byte < 256; ++byte)
    table[byte] = isPrintable(byte) ? static_cast<uint16_t>(byte) : others++;
  return table;
}();

static constexpr auto bytes = [] {
  std::array<int16_t, 256 + 68> table{};
  table.fill(-1);
  for (int byte = 0; byte < 256; ++byte)
    table[letters[byte]] = static_cast<int16_t>(byte);
  return table;
}();

std::string letterOf(uint8_t byte) {
  uint16_t letter = letters[byte];
  if (letter < 0x80)
    return std::string(1, static_cast<char>(letter));
  return {static_cast<char>(0xc0 | letter >> 6), static_cast<char>(0x80 | (letter & 0x3f))};
}

std::optional<std::string> bytesOf(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    uint32_t letter = static_cast<uint8_t>(text[at]);
    if (letter >= 0x80) {
      bool isPair = letter >= 0xc2 && letter < 0xe0 && at + 1 < text.size() && (text[at + 1] & 0xc0) == 0x80;
      if (!isPair)
        return std::nullopt;
      letter = (letter & 0x1f) << 6 | (static_cast<uint8_t>(text[++at]) & 0x3f);
    }
    if (letter >= bytes.size() || bytes[letter] < 0)
      return std::nullopt;
    result += static_cast<char>(bytes[letter]);
  }
  return result;
}

} // namespace tern::rt
