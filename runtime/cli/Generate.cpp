// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `generate`: prints the prompt and what the model adds, piece by piece.

#include "runtime/cli/Commands.h"
#include "runtime/cli/Setup.h"
#include "runtime/cli/TextStream.h"
#include "runtime/core/Json.h"

#include <chrono>
#include <cstdio>

namespace tern::rt {

static std::string readStandardInput() {
  std::string text;
  char buffer[4096];
  while (size_t count = std::fread(buffer, 1, sizeof(buffer), stdin))
    text.append(buffer, count);
  return text;
}

static void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

Status runGenerate(const tern_manifest &manifest, const GenerateOptions &options) {
  TERN_ASSIGN(Program program, Program::create(manifest));
  TERN_ASSIGN(auto tokenizer, chooseTokenizer(options.tokenizer, options.weights, program, {}));
  TERN_ASSIGN(auto session, Session::create(manifest, options.machine.threads));
  TERN_TRY(fillParameters(*session, options.weights, 0));
  TextRequest request{options.prompt == "-" ? readStandardInput() : options.prompt, options.stops, options.maxTokens,
                      options.sampler};
  watchInterrupts();
  const tern_entry *forward = session->program().findEntry("forward");
  if (forward && findInput(*forward, "source"))
    return runTranslate(*session, *tokenizer, request.prompt, options);
  std::string text;
  auto start = std::chrono::steady_clock::now();
  auto show = [&](std::string_view piece) {
    text += piece;
    if (!options.machine.json)
      print(piece);
    return !interrupted();
  };
  if (!options.machine.json)
    print(request.prompt);
  TERN_ASSIGN(int64_t count, streamText(*session, *tokenizer, request, show));
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!options.machine.json) {
    print("\n");
    return success();
  }
  JsonObject line;
  line.add("prompt", request.prompt).add("text", text).add("tokens", count);
  line.add("tokens_per_s", seconds > 0 ? static_cast<double>(count) / seconds : 0.0);
  std::printf("%s\n", line.text().c_str());
  return success();
}

} // namespace tern::rt
