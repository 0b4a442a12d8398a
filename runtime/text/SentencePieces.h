// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokenizers of scored pieces, as SentencePiece trains them: the neighbours that make the piece of the best score are merged
// first. Three files hold them: tokenizer.model, llama2.c's tokenizer.bin, and what a checkpoint keeps.

#ifndef TERN_RUNTIME_TEXT_SENTENCEPIECES_H
#define TERN_RUNTIME_TEXT_SENTENCEPIECES_H

#include "runtime/text/JsonField.h"
#include "runtime/text/Tokenizer.h"

#include <string>
#include <vector>

namespace tern::rt {

struct SentencePiece {
  enum class Kind { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };
  std::string text; // UTF-8; a space is a space
  float score = 0;
  Kind kind = Kind::Normal;
};

struct SentencePieces {
  std::vector<SentencePiece> pieces{}; // by id
  bool addsSpace = true;             // before every text
  int32_t begin = -1, end = -1, pad = -1;
};

/// Checks the pieces; `path` is for messages.
Result<std::unique_ptr<Tokenizer>> makeSentencePieces(SentencePieces file, const std::string &path);

/// The protobuf message of SentencePiece.
Result<std::unique_ptr<Tokenizer>> readSentencePieceModel(std::string_view bytes, const std::string &path);
/// The records of llama2.c.
Result<std::unique_ptr<Tokenizer>> readLlama2cTokenizer(std::string_view bytes, const std::string &path);
/// What Tokenizer::description() of the two wrote.
Result<std::unique_ptr<Tokenizer>> readSentencePieceJson(const JsonField &root, const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_SENTENCEPIECES_H
