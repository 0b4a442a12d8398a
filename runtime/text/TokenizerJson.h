// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The published format tokenizer.json, section by section. A part that this runtime does not have is refused by its place.

#ifndef TERN_RUNTIME_TEXT_TOKENIZERJSON_H
#define TERN_RUNTIME_TEXT_TOKENIZERJSON_H

#include "runtime/text/JsonField.h"
#include "runtime/text/Published.h"

namespace tern::rt {

/// `text` is what `object` was parsed from; a checkpoint keeps it as it is.
Result<std::unique_ptr<Tokenizer>> readTokenizerJson(const nlohmann::json &object, std::string_view text,
                                                     const std::string &path);

// Of several files, for readTokenizerJson:

/// Appends to `steps`.
Status readNormalizer(const JsonField &field, std::vector<NormalizerStep> &steps);

struct PreTokenizer {
  Splitter splitter;
  bool isByteLevel = false;
  bool addsSpace = false; // before a text that begins with none
};
Status readPreTokenizer(const JsonField &field, PreTokenizer &result);

/// The section `model`: its tokens into the vocabulary, and the rest. Not byte-level: over characters.
Result<std::unique_ptr<WordModel>> readBytePairs(const JsonField &field, bool isByteLevel, Vocabulary &vocabulary);

/// "<0x0A>" is 10; -1: not the name of a byte.
int byteOfName(std::string_view text);
/// With spaces for U+2581, as which SentencePiece writes them.
std::string withSpaces(std::string_view text);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_TOKENIZERJSON_H
