// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Byte-pair encoding over characters: a word is its characters, merged; a character without a token is its bytes.

#ifndef TERN_RUNTIME_TEXT_CHARACTERPAIRS_H
#define TERN_RUNTIME_TEXT_CHARACTERPAIRS_H

#include "runtime/text/Merger.h"
#include "runtime/text/WordCache.h"
#include "runtime/text/WordModel.h"

#include <array>

namespace tern::rt {

class CharacterPairs : public WordModel {
public:
  /// `bytes`: the tokens of single bytes; `unknown`: for a character that has neither a token nor tokens for its bytes.
  /// Vocabulary::none where there is none.
  CharacterPairs(Merger merger, const std::array<int32_t, 256> &bytes, int32_t unknown)
      : merger(std::move(merger)), byteTokens(bytes), unknown(unknown) {}

  std::string_view name() const override { return "sentencepiece"; }
  bool keepsBytes() const override { return false; }
  Status encode(std::span<const std::string_view> words, const Vocabulary &vocabulary,
                std::vector<int32_t> &ids) const override;

private:
  Status encodeWord(std::string_view word, const Vocabulary &vocabulary, std::vector<int32_t> &ids) const;
  bool appendBytes(std::string_view character, std::vector<int32_t> &ids) const;

  Merger merger;
  std::array<int32_t, 256> byteTokens;
  int32_t unknown;
  WordCacheKey key;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_CHARACTERPAIRS_H
