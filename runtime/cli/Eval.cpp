// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `eval`: the loss over the whole of --data; without --data over the validation part of the embedded text.

#include "runtime/cli/Accuracy.h"
#include "runtime/cli/Commands.h"
#include "runtime/cli/MeanLoss.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"

#include <cmath>
#include <cstdio>

namespace tern::rt {

Status runEval(const tern_manifest &manifest, const EvalOptions &options) {
  TERN_ASSIGN(auto session, Session::create(manifest, options.machine.threads));
  const Program &program = session->program();
  TERN_ASSIGN(const tern_entry *entry, program.entry("loss"));
  DataOptions data = dataOptions(options.data);
  bool isWhole = !data.files.empty();
  if (isWhole)
    data.validationFraction = 0;
  std::unique_ptr<Tokenizer> tokenizer;
  if (takesTokens(*entry) && !options.data.randomTokens) {
    TERN_ASSIGN(tokenizer, chooseTokenizer(options.data.tokenizer, options.weights, program, data));
  }
  if (findInput(*entry, "labels")) {
    TERN_ASSIGN(data.classes, savedClasses(options.weights));
  }
  TERN_ASSIGN(auto source, openData(data, program, *entry, tokenizer.get()));
  if (std::string remarks = source->remarks(); !remarks.empty())
    std::fprintf(stderr, "note: %s\n", remarks.c_str());
  TERN_TRY(fillParameters(*session, options.weights, 0));
  watchInterrupts();
  TERN_ASSIGN(MeanLoss mean, meanLoss(*session, *source, isWhole ? Split::Train : Split::Validation, 0, interrupted));
  TERN_ASSIGN(std::vector<Share> shares, measureAccuracy(*session, *source, isWhole ? Split::Train : Split::Validation,
                                                         tokenizer.get(), options.beam, interrupted));
  bool countsTokens = findInput(*entry, "targets") != nullptr;
  bool hasPerplexity = countsTokens && !findInput(*entry, "next_sentence"); // else a sum of two losses
  if (options.machine.json) {
    JsonObject line;
    line.add("loss", mean.loss);
    if (hasPerplexity)
      line.add("perplexity", std::exp(mean.loss));
    line.add(countsTokens ? "tokens" : "rows", mean.items);
    for (const Share &share : shares)
      line.add(share.name.c_str(), share.value());
    std::printf("%s\n", line.text().c_str());
    return success();
  }
  std::printf("loss         %.6f\n", mean.loss);
  if (hasPerplexity)
    std::printf("perplexity   %.4f\n", std::exp(mean.loss));
  std::printf("%-12s %s\n", countsTokens ? "tokens" : "rows",
              withSeparators(static_cast<uint64_t>(mean.items)).c_str());
  for (const Share &share : shares)
    std::printf("%s  %.2f %% of %lld\n", share.name.c_str(), 100 * share.value(), static_cast<long long>(share.total));
  return success();
}

} // namespace tern::rt
