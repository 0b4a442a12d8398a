// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The byte tokenizer: a token is a byte.

#include "runtime/text/Kinds.h"

#include <array>

namespace tern::rt {

namespace {

constexpr auto allBytes = [] {
  std::array<char, 256> table{};
  for (int byte = 0; byte < 256; ++byte)
    table[byte] = static_cast<char>(byte);
  return table;
}();

class ByteTokenizer : public Tokenizer {
public:
  std::string_view name() const override { return "bytes"; }
  int64_t vocabularySize() const override { return 256; }

  Status encode(std::string_view text, std::vector<int32_t> &ids) const override {
    for (char byte : text)
      ids.push_back(static_cast<unsigned char>(byte));
    return success();
  }

  std::string_view tokenBytes(int32_t id) const override {
    return id >= 0 && id < 256 ? std::string_view(&allBytes[id], 1) : std::string_view();
  }

  std::string description() const override { return R"({"format":"tern-tokenizer","version":1,"kind":"bytes"})"; }
};

} // namespace

std::unique_ptr<Tokenizer> makeByteTokenizer() { return std::make_unique<ByteTokenizer>(); }

} // namespace tern::rt
