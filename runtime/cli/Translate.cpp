// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `generate` with an encoder-decoder: every line of the prompt becomes a line of its own.

#include "runtime/cli/Accuracy.h"
#include "runtime/cli/Commands.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"

#include <cstdio>

namespace tern::rt {

Status runTranslate(Session &session, const Tokenizer &tokenizer, std::string_view prompt, const GenerateOptions &options) {
  TERN_ASSIGN(Translator translator, Translator::create(session, translationMarks(tokenizer)));
  BeamOptions beam = options.beam;
  if (options.maxTokens == 0)
    return success(); // BeamOptions takes 0 for all
  beam.maxTokens = options.maxTokens;
  for (size_t at = 0; at < prompt.size() && !interrupted();) {
    size_t end = std::min(prompt.find('\n', at), prompt.size());
    std::string_view line = prompt.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    std::vector<int32_t> source;
    TERN_TRY(tokenizer.encode(line, source));
    TERN_ASSIGN(std::vector<int32_t> target, translator.translate(source, beam));
    std::string text = tokenizer.decode(target);
    if (options.machine.json)
      text = JsonObject().add("prompt", std::string(line)).add("text", text).add("tokens", static_cast<int64_t>(target.size())).text();
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
  }
  return success();
}

} // namespace tern::rt
