// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text that grows: prompt to ids, ids drawn one by one, valid UTF-8 handed out as it becomes certain.

#ifndef TERN_RUNTIME_CLI_TEXTSTREAM_H
#define TERN_RUNTIME_CLI_TEXTSTREAM_H

#include "runtime/core/Session.h"
#include "runtime/generate/Sampler.h"
#include "runtime/text/Tokenizer.h"

#include <functional>

namespace tern::rt {

struct TextRequest {
  std::string prompt;
  std::vector<std::string> stops;
  int64_t maxTokens = 0;
  SamplerOptions sampler;
};

/// Hands every piece of new text to `show`; ends early when the model says the end token or `show` returns false.
/// Returns the number of tokens of text.
Result<int64_t> streamText(Session &session, const Tokenizer &tokenizer, const TextRequest &request,
                           const std::function<bool(std::string_view)> &show);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_TEXTSTREAM_H
