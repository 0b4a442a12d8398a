// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Byte-level byte-pair encoding: a word is its bytes, merged.

#ifndef TERN_RUNTIME_TEXT_BYTEPAIRS_H
#define TERN_RUNTIME_TEXT_BYTEPAIRS_H

#include "runtime/text/Merger.h"
#include "runtime/text/WordModel.h"

#include <array>

namespace tern::rt {

class WordCache;

class BytePairs : public WordModel {
public:
  /// `bytes`: the tokens of single bytes, Vocabulary::none where there is none. `wholeWordsFirst`: a word that is a token is
  /// that token, whatever its merges give.
  BytePairs(Merger merger, const std::array<int32_t, 256> &bytes, bool wholeWordsFirst);

  std::string_view name() const override { return "bpe"; }
  Status encode(std::span<const std::string_view> words, const Vocabulary &vocabulary,
                std::vector<int32_t> &ids) const override;

private:
  Status encodeWord(std::string_view word, const Vocabulary &vocabulary, std::vector<int32_t> &ids) const;
  WordCache &cache() const;

  Merger merger;
  std::array<int32_t, 256> byteTokens;
  bool wholeWordsFirst;
  uint64_t serial; // whose words the cache of a thread holds
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_BYTEPAIRS_H
