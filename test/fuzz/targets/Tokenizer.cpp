// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokenizer files: what parses describes itself the same way again, and encodes what it decodes; of tokens that are merged, not
// every one can be reached.

#include "runtime/text/Tokenizer.h"

#include "../Targets.h"

using namespace tern::rt;

int fuzzTokenizer(const uint8_t *data, size_t size) {
  Result<std::unique_ptr<Tokenizer>> tokenizer = parseTokenizer(fuzz::asText(data, size), "input");
  if (!tokenizer.ok())
    return 0;
  std::string description = (*tokenizer)->description();
  Result<std::unique_ptr<Tokenizer>> again = parseTokenizer(description, "again");
  fuzz::require(again.ok() && (*again)->description() == description, "a description reads back");
  for (int64_t id = 0; id < (*tokenizer)->vocabularySize(); ++id) {
    std::vector<int32_t> ids;
    if ((*tokenizer)->name() != "bytes" && (*tokenizer)->name() != "chars" && (*tokenizer)->name() != "words")
      continue;
    std::string_view bytes = (*tokenizer)->tokenBytes(static_cast<int32_t>(id));
    Status encoded = (*tokenizer)->encode(bytes, ids);
    // A word of one letter and the byte of that letter are two tokens of the same text.
    fuzz::require(encoded.ok() && ids.size() == 1 && (*tokenizer)->tokenBytes(ids[0]) == bytes, "a token encodes to itself");
  }
  return 0;
}
