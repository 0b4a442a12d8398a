// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `tokenize`: the ids of a text, or only how many there are and how fast they came.

#include "runtime/cli/Commands.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Files.h"
#include "runtime/core/Json.h"

#include <chrono>
#include <cstdio>

namespace tern::rt {

static std::string joined(std::span<const int32_t> ids, const char *separator) {
  std::string text;
  for (int32_t id : ids)
    text.append(text.empty() ? "" : separator).append(std::to_string(id));
  return text;
}

static void printIds(const Tokenizer &tokenizer, std::span<const int32_t> ids, bool json) {
  if (!json) {
    std::printf("%s\n", joined(ids, " ").c_str());
    return;
  }
  std::string pieces;
  for (int32_t id : ids)
    pieces += (pieces.empty() ? "" : ",") + jsonString(tokenizer.tokenBytes(id));
  JsonObject line;
  line.addRaw("ids", "[" + joined(ids, ",") + "]").addRaw("pieces", "[" + pieces + "]");
  std::printf("%s\n", line.text().c_str());
}

static void printCount(size_t tokens, size_t bytes, double seconds, bool json) {
  double rate = seconds > 0 ? static_cast<double>(bytes) / seconds : 0.0;
  if (json)
    std::printf("%s\n", JsonObject().add("tokens", tokens).add("bytes", bytes).add("bytes_per_s", rate).text().c_str());
  else
    std::printf("%zu tokens of %zu bytes, %.1f MB/s\n", tokens, bytes, rate / 1e6);
}

Status runTokenize(const tern_manifest &manifest, const TokenizeOptions &options) {
  TERN_ASSIGN(Program program, Program::create(manifest));
  DataOptions corpus;
  if (!options.file.empty())
    corpus.files = {options.file};
  TERN_ASSIGN(auto tokenizer, chooseTokenizer(options.tokenizer, options.weights, program, corpus));
  std::string text = options.text;
  if (!options.file.empty()) {
    TERN_ASSIGN(text, readFile(options.file));
  }
  std::vector<int32_t> ids;
  auto start = std::chrono::steady_clock::now();
  TERN_TRY(tokenizer->encode(text, ids));
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (options.onlyCount)
    printCount(ids.size(), text.size(), seconds, options.json);
  else
    printIds(*tokenizer, ids, options.json);
  return success();
}

} // namespace tern::rt
