// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A word that was seen lately is not merged again.

#include "runtime/text/BytePairs.h"

namespace tern::rt {

Status BytePairs::encodeWord(std::string_view word, const Vocabulary &vocabulary, std::vector<int32_t> &ids) const {
  if (int32_t whole = wholeWordsFirst ? vocabulary.find(word) : Vocabulary::none; whole != Vocabulary::none) {
    ids.push_back(whole);
    return success();
  }
  size_t from = ids.size();
  for (char byte : word) {
    int32_t id = byteTokens[static_cast<uint8_t>(byte)];
    if (id == Vocabulary::none)
      return error("the tokenizer has no token for the byte ", static_cast<int>(static_cast<uint8_t>(byte)),
                   "; it cannot encode this text");
    ids.push_back(id);
  }
  merger.merge(ids, from);
  return success();
}

Status BytePairs::encode(std::span<const std::string_view> words, const Vocabulary &vocabulary,
                         std::vector<int32_t> &ids) const {
  return key.encodeCached(words, ids, [&](std::string_view word) { return encodeWord(word, vocabulary, ids); });
}

} // namespace tern::rt
