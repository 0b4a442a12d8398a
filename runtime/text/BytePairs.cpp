// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every thread keeps a cache of words of the tokenizer that it used last, so that none waits for another.

#include "runtime/text/BytePairs.h"

#include "runtime/text/WordCache.h"

#include <atomic>
#include <memory>

namespace tern::rt {

static std::atomic<uint64_t> serials = 1;

BytePairs::BytePairs(Merger merger, const std::array<int32_t, 256> &bytes, bool wholeWordsFirst)
    : merger(std::move(merger)), byteTokens(bytes), wholeWordsFirst(wholeWordsFirst), serial(serials++) {}

WordCache &BytePairs::cache() const {
  static thread_local std::unique_ptr<WordCache> words;
  static thread_local uint64_t owner = 0;
  if (owner != serial) {
    words = std::make_unique<WordCache>();
    owner = serial;
  }
  return *words;
}

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
  WordCache &known = cache();
  for (std::string_view word : words) {
    if (word.empty())
      continue;
    bool isShort = word.size() <= WordCache::longestWord;
    if (isShort && known.append(word, ids))
      continue;
    size_t from = ids.size();
    TERN_TRY(encodeWord(word, vocabulary, ids));
    if (isShort)
      known.store(word, std::span(ids).subspan(from));
  }
  return success();
}

} // namespace tern::rt
