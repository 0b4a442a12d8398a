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

/// The section `model`: its tokens into the vocabulary, and the rest.
Result<std::unique_ptr<WordModel>> readBytePairs(const JsonField &field, Vocabulary &vocabulary);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_TOKENIZERJSON_H
