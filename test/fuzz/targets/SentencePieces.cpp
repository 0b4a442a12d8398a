// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The binary files of scored pieces: what either reader takes describes itself, and reads back the same.

#include "runtime/text/SentencePieces.h"

#include "../Targets.h"

using namespace tern::rt;

static void check(const Result<std::unique_ptr<Tokenizer>> &tokenizer) {
  if (!tokenizer.ok())
    return;
  std::string description = (*tokenizer)->description();
  Result<std::unique_ptr<Tokenizer>> again = parseTokenizer(description, "again");
  fuzz::require(again.ok() && (*again)->description() == description, "a description reads back");
  std::vector<int32_t> ids;
  if ((*tokenizer)->encode("ab ba\n", ids).ok())
    for (int32_t id : ids)
      fuzz::require(id >= 0 && id < (*tokenizer)->vocabularySize(), "ids are in the vocabulary");
}

int fuzzSentencePieces(const uint8_t *data, size_t size) {
  check(readSentencePieceModel(fuzz::asText(data, size), "input"));
  check(readLlama2cTokenizer(fuzz::asText(data, size), "input"));
  return 0;
}
