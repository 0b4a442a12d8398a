// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text to token ids and back. A tokenizer is immutable and described by a JSON text that a checkpoint keeps.

#ifndef TERN_RUNTIME_TEXT_TOKENIZER_H
#define TERN_RUNTIME_TEXT_TOKENIZER_H

#include "runtime/core/Result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::rt {

// Tokens that are no text.
enum class SpecialToken { Pad, Begin, End, Mask };
constexpr int64_t specialTokenCount = 4;

class Tokenizer {
public:
  virtual ~Tokenizer() = default;

  virtual std::string_view name() const = 0; // "bytes", "chars", "words", "bpe"
  virtual int64_t vocabularySize() const = 0;
  // Appends the ids of `text`; an error names the byte offset and the character that has no id.
  virtual Status encode(std::string_view text, std::vector<int32_t> &ids) const = 0;
  // The bytes of one token; empty for an id outside the vocabulary. May be a part of a UTF-8 character.
  virtual std::string_view tokenBytes(int32_t id) const = 0;
  // What stands between two tokens and is no token itself.
  virtual std::string_view between([[maybe_unused]] int32_t before, [[maybe_unused]] int32_t id) const { return ""; }
  // The id of a special token. Tokenizers that have none put them behind their vocabulary, where a model may have room for
  // them; they also stand for [CLS] (begin) and [SEP] (end).
  virtual int32_t special(SpecialToken token) const {
    return static_cast<int32_t>(vocabularySize()) + static_cast<int32_t>(token);
  }
  // What a text that a model shall continue begins with: the <s> of LLaMA.
  virtual std::span<const int32_t> leading() const { return {}; }
  // Encoding puts a space before every text; decoding takes the space away that a text begins with.
  virtual bool addsSpace() const { return false; }
  // What makeTokenizer(FILE) reads back: JSON, on one line or as it was published.
  virtual std::string description() const = 0;

  // A whole text: tokenBytes and what is between, invalid UTF-8 replaced by U+FFFD.
  std::string decode(std::span<const int32_t> ids) const;
};

// `spec`: "bytes", "chars" or "words" (taken from `corpus`), a file written from Tokenizer::description(), or a published one:
// tokenizer.json, tokenizer.model of SentencePiece, tokenizer.bin of llama2.c, vocab.txt of BERT. `room` is the vocabulary of
// the model, which "words" fills.
Result<std::unique_ptr<Tokenizer>> makeTokenizer(const std::string &spec, std::string_view corpus = {}, int64_t room = 0);
// From the text of such a file, if it is JSON; `path` is only for messages.
Result<std::unique_ptr<Tokenizer>> parseTokenizer(std::string_view json, const std::string &path);

// Decodes a stream of ids to text that is valid UTF-8 at every step: a character cut in two is held back until
// complete.
class StreamingDecoder {
public:
  // `before` is the token that the stream continues. `beginsText`: the first id is the first of a text, not one that goes on.
  explicit StreamingDecoder(const Tokenizer &tokenizer, int32_t before = -1, bool beginsText = false)
      : tokenizer(tokenizer), before(before), dropsSpace(beginsText && tokenizer.addsSpace()) {}
  std::string push(int32_t id); // may be empty
  std::string finish();         // the rest; an incomplete character becomes U+FFFD

private:
  const Tokenizer &tokenizer;
  int32_t before;
  std::string pending;
  bool dropsSpace;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_TOKENIZER_H
