// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How often a model is right, over a split: classes, masked words, next sentences, whole translations. What is counted
// follows from what the program reads and returns; a causal language model counts nothing.

#ifndef TERN_RUNTIME_CLI_ACCURACY_H
#define TERN_RUNTIME_CLI_ACCURACY_H

#include "runtime/data/BatchSource.h"
#include "runtime/generate/Translator.h"

#include <functional>

namespace tern::rt {

struct Share {
  std::string name; // "accuracy", "next_sentence_accuracy", "most_frequent", "exact_match"
  int64_t part = 0, total = 0;

  double value() const { return total ? static_cast<double>(part) / static_cast<double>(total) : 0; }
};

/// `tokenizer` may be null where the data is not text. Translations are made with `beam`.
Result<std::vector<Share>> measureAccuracy(Session &session, BatchSource &source, Split split, const Tokenizer *tokenizer,
                                           const BeamOptions &beam, const std::function<bool()> &shouldStop);

/// The special tokens of a tokenizer, for a program that translates.
Translator::Marks translationMarks(const Tokenizer &tokenizer);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_ACCURACY_H
