// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The letters of the byte alphabet are written here a second time, from their definition, so that the test does not take them
// from what it tests.

#include "Samples.h"

#include "runtime/core/Files.h"

namespace tern::rt::test {

std::vector<int32_t> encoded(const Tokenizer &tokenizer, std::string_view text) {
  std::vector<int32_t> ids;
  Status status = tokenizer.encode(text, ids);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.message());
  return ids;
}

static void appendUtf8(std::string &text, uint32_t character) {
  auto next = [&](int shift) { text += static_cast<char>(0x80 | (character >> shift & 0x3f)); };
  if (character < 0x80)
    text += static_cast<char>(character);
  else if (character < 0x800)
    text += static_cast<char>(0xc0 | character >> 6), next(0);
  else if (character < 0x10000)
    text += static_cast<char>(0xe0 | character >> 12), next(6), next(0);
  else
    text += static_cast<char>(0xf0 | character >> 18), next(12), next(6), next(0);
}

nlohmann::json smallByteLevel() {
  nlohmann::json vocabulary = nlohmann::json::object();
  uint32_t shifted = 256;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    bool isShifted = byte <= 0x20 || (byte >= 0x7f && byte <= 0xa0) || byte == 0xad;
    std::string letter;
    appendUtf8(letter, isShifted ? shifted++ : byte);
    vocabulary[letter] = byte;
  }
  vocabulary["\u0120t"] = 256;
  vocabulary["he"] = 257;
  vocabulary["\u0120the"] = 258;
  vocabulary["ab"] = 259;
  return {{"version", "1.0"},
          {"added_tokens", {{{"id", 260}, {"content", "<|endoftext|>"}, {"special", true}, {"normalized", false}}}},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
          {"post_processor", nullptr},
          {"decoder", {{"type", "ByteLevel"}}},
          {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", {"\u0120 t", "h e", "\u0120t he", "a b"}}}}};
}

std::string randomText(std::mt19937_64 &generator, size_t length) {
  static constexpr uint32_t telling[] = {
      'a',    'e',    's',    't',    'l',    'L',    'S',    'v',    'r',    'd',    'm',    '0',     '1',     '9',     ' ',
      ' ',    ' ',    '\t',   '\n',   '\r',   '\v',   '\'',   '\'',   '!',    '-',    '_',    '<',     '|',     '>',     '\0',
      0x1c,   0x7f,   0x85,   0xa0,   0xad,   0xb2,   0xbd,   0xe9,   0x17f,  0x301,  0x345,  0x3a9,   0x436,   0x5d0,   0x661,
      0x939,  0x94d,  0x180e, 0x200b, 0x200d, 0x2009, 0x2028, 0x20ac, 0x212a, 0x2167, 0x3000, 0x3042,  0x4e2d,  0xac00,  0xfe0f,
      0xfeff, 0x1f600, 0x1f3fb, 0x1d7d8};
  std::string text;
  for (size_t index = 0; index < length; ++index) {
    uint32_t character = telling[generator() % std::size(telling)];
    if (generator() % 8 == 0)
      character = static_cast<uint32_t>(generator() % 0x110000);
    appendUtf8(text, character >= 0xd800 && character < 0xe000 ? 'x' : character);
  }
  return text;
}

std::string publishedFile(const std::string &path) {
  std::string whole = std::string(TERN_TEST_DATA) + "/" + path;
  return fileExists(whole) ? whole : "";
}

} // namespace tern::rt::test
