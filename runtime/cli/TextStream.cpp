// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model needs something to continue: an empty prompt becomes what its texts begin with, else a line end, or the first token
// where there is none.

#include "runtime/cli/TextStream.h"

#include "runtime/generate/Generator.h"
#include "runtime/generate/StopFilter.h"

namespace tern::rt {

static Result<std::vector<int32_t>> encodePrompt(const Tokenizer &tokenizer, const std::string &prompt) {
  std::vector<int32_t> ids(tokenizer.leading().begin(), tokenizer.leading().end());
  TERN_TRY(tokenizer.encode(prompt, ids));
  if (!ids.empty())
    return ids;
  if (!tokenizer.encode("\n", ids).ok() || ids.empty())
    ids.assign(1, 0);
  return ids;
}

Result<int64_t> streamText(Session &session, const Tokenizer &tokenizer, const TextRequest &request,
                           const std::function<bool(std::string_view)> &show) {
  int32_t end = tokenizer.special(SpecialToken::End);
  TERN_ASSIGN(Generator generator, Generator::create(session, tokenizer.vocabularySize(), end));
  TERN_ASSIGN(std::vector<int32_t> ids, encodePrompt(tokenizer, request.prompt));
  Sampler sampler(request.sampler);
  StreamingDecoder decoder(tokenizer, ids.back(), request.prompt.empty());
  StopFilter filter(request.stops);
  int64_t count = 0;
  bool isWanted = true;
  while (count < request.maxTokens && isWanted && !filter.stopped()) {
    TERN_ASSIGN(int32_t token, generator.next(sampler, ids));
    if (token == end)
      break;
    ids.push_back(token);
    ++count;
    isWanted = show(filter.push(decoder.push(token)));
  }
  if (isWanted) {
    std::string rest = filter.push(decoder.finish());
    show(rest + filter.finish());
  }
  return count;
}

} // namespace tern::rt
