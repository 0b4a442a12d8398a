// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Byte-level byte-pair encoding: a word is its bytes, merged.

#ifndef TERN_RUNTIME_TEXT_BYTEPAIRS_H
#define TERN_RUNTIME_TEXT_BYTEPAIRS_H

#include "runtime/text/Merger.h"
#include "runtime/text/WordCache.h"
#include "runtime/text/WordModel.h"

#include <array>

namespace tern::rt {

class BytePairs : public WordModel {
public:
  /// `bytes`: the tokens of single bytes, Vocabulary::none where there is none. `wholeWordsFirst`: a word that is a token is
  /// that token, whatever its merges give.
  BytePairs(Merger merger, const std::array<int32_t, 256> &bytes, bool wholeWordsFirst)
      : merger(std::move(merger)), byteTokens(bytes), wholeWordsFirst(wholeWordsFirst) {}

  std::string_view name() const override { return "bpe"; }
  Status encode(std::span<const std::string_view> words, const Vocabulary &vocabulary,
                std::vector<int32_t> &ids) const override;

private:
  Status encodeWord(std::string_view word, const Vocabulary &vocabulary, std::vector<int32_t> &ids) const;

  Merger merger;
  std::array<int32_t, 256> byteTokens;
  bool wholeWordsFirst;
  WordCacheKey key;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_BYTEPAIRS_H
