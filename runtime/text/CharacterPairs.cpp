// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tokens of bytes take part in no merge: their numbers are in none.

#include "runtime/text/CharacterPairs.h"

#include "runtime/core/Json.h"
#include "runtime/text/Utf8.h"

namespace tern::rt {

bool CharacterPairs::appendBytes(std::string_view character, std::vector<int32_t> &ids) const {
  for (char byte : character)
    if (byteTokens[static_cast<uint8_t>(byte)] == Vocabulary::none)
      return false;
  for (char byte : character)
    ids.push_back(byteTokens[static_cast<uint8_t>(byte)]);
  return true;
}

Status CharacterPairs::encodeWord(std::string_view word, const Vocabulary &vocabulary, std::vector<int32_t> &ids) const {
  size_t from = ids.size();
  for (size_t at = 0, bytes; at < word.size(); at += bytes) {
    bytes = nextCharacter(word.substr(at)).bytes;
    std::string_view character = word.substr(at, bytes);
    if (int32_t id = vocabulary.find(character); id != Vocabulary::none)
      ids.push_back(id);
    else if (appendBytes(character, ids))
      continue;
    else if (unknown == Vocabulary::none)
      return error("the tokenizer has no token for the character ", jsonString(character), "; it cannot encode this text");
    else
      ids.push_back(unknown);
  }
  merger.merge(ids, from);
  return success();
}

Status CharacterPairs::encode(std::span<const std::string_view> words, const Vocabulary &vocabulary,
                              std::vector<int32_t> &ids) const {
  return key.encodeCached(words, ids, [&](std::string_view word) { return encodeWord(word, vocabulary, ids); });
}

} // namespace tern::rt
