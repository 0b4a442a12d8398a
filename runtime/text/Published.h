// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tokenizer as it is published with a model: special tokens are found first, the rest is normalised, split into words, and
// each word becomes ids.

#ifndef TERN_RUNTIME_TEXT_PUBLISHED_H
#define TERN_RUNTIME_TEXT_PUBLISHED_H

#include "runtime/text/AddedTokens.h"
#include "runtime/text/Normalizer.h"
#include "runtime/text/Splitter.h"
#include "runtime/text/Tokenizer.h"
#include "runtime/text/WordModel.h"

#include <array>

namespace tern::rt {

struct PublishedParts {
  PublishedParts(Vocabulary vocabulary) : vocabulary(std::move(vocabulary)) { specials.fill(Vocabulary::none); }

  Vocabulary vocabulary;
  AddedTokens rawTokens;        // found in the text as it is
  AddedTokens normalizedTokens; // found in the normalised text
  Normalizer normalizer;
  Splitter splitter;
  std::unique_ptr<WordModel> model;
  bool addsSpace = false;                            // before every text; decoding takes it away again
  std::vector<int32_t> leading;                      // before every text
  std::array<int32_t, specialTokenCount> specials{}; // by SpecialToken; Vocabulary::none: it has none
  std::string file;                                  // what the tokenizer was read from
};

/// Splits before the spaces of words, when no token of the vocabulary reaches over such a place: texts become many words that
/// are merged one by one, with the same ids.
Status addSpacedWords(PublishedParts &parts);

std::unique_ptr<Tokenizer> makePublished(PublishedParts parts);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_PUBLISHED_H
