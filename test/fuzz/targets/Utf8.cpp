// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// UTF-8: streaming and decoding at once agree, and the result is valid.

#include "runtime/text/Utf8.h"

#include "../Targets.h"
#include "runtime/text/Tokenizer.h"

using namespace tern::rt;

int fuzzUtf8(const uint8_t *data, size_t size) {
  static const std::unique_ptr<Tokenizer> bytes = makeTokenizer("bytes").take();
  StreamingDecoder decoder(*bytes);
  std::string streamed;
  for (size_t index = 0; index < size; ++index)
    streamed += decoder.push(data[index]);
  streamed += decoder.finish();
  std::string whole = replaceInvalid(fuzz::asText(data, size));
  fuzz::require(streamed == whole, "streaming and decoding agree");
  fuzz::require(replaceInvalid(whole) == whole, "the result is valid");
  return 0;
}
