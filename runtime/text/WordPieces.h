// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WordPiece: a word is the longest token that it begins with, then the longest that goes on, to its end; else it is unknown.

#ifndef TERN_RUNTIME_TEXT_WORDPIECES_H
#define TERN_RUNTIME_TEXT_WORDPIECES_H

#include "runtime/text/JsonField.h"
#include "runtime/text/Published.h"
#include "runtime/text/WordCache.h"
#include "runtime/text/WordModel.h"

#include <string>
#include <unordered_map>

namespace tern::rt {

class WordPieces : public WordModel {
public:
  struct Limits {
    int32_t unknown = Vocabulary::none;
    size_t longestWord = 100; // characters; longer ones are unknown
  };
  using Tokens = std::unordered_map<std::string, int32_t>;

  /// `goingOn`: those that do not begin a word, without their prefix.
  WordPieces(Tokens beginning, Tokens goingOn, const Limits &limits);

  std::string_view name() const override { return "wordpiece"; }
  bool keepsBytes() const override { return false; }
  Status encode(std::span<const std::string_view> words, const Vocabulary &vocabulary,
                std::vector<int32_t> &ids) const override;

private:
  void encodeWord(std::string_view word, std::vector<int32_t> &ids) const;

  Tokens beginning, goingOn;
  Limits limits;
  size_t longestToken = 0; // bytes
  WordCacheKey key;
};

/// The section `model` of a tokenizer.json. Decoding puts a space before every word.
Result<std::unique_ptr<WordModel>> readWordPieces(const JsonField &field, Vocabulary &vocabulary);

/// BERT's vocab.txt, a token a line; `text` is what it holds. A vocabulary without capital letters is one of lower-case text.
Result<std::unique_ptr<Tokenizer>> readBertVocabulary(std::string_view text, const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_WORDPIECES_H
