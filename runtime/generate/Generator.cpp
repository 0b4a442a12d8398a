// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The window is padded on the right: a causal model's logits at the last real position do not depend on what follows
// it.

#include "runtime/generate/Generator.h"

#include "runtime/core/Convert.h"

#include <algorithm>
#include <cmath>

namespace tern::rt {

static constexpr int32_t kPadding = 0;

Result<Generator> Generator::create(Session &session, int64_t vocabulary) {
  TERN_ASSIGN(const tern_entry *forward, session.program().entry("forward"));
  const tern_tensor *tokens = findInput(*forward, "tokens"), *logits = findOutput(*forward, "logits");
  if (!tokens || !logits)
    return error("this model does not generate text: its forward entry does not map \"tokens\" to \"logits\"");
  bool fits = tokens->rank == 2 && tokens->dtype == TERN_I32 && logits->rank == 3 && tokens->shape[0] >= 1 &&
              logits->shape[1] == tokens->shape[1];
  if (!fits)
    return error("cannot generate with a forward entry of tokens ", shapeText(shapeOf(*tokens)), " and logits ",
                 shapeText(shapeOf(*logits)), "; expected (1, T) and (1, T, V)");
  Generator generator;
  generator.session = &session;
  generator.forward = forward;
  generator.output = logits;
  generator.length = tokens->shape[1];
  generator.width = logits->shape[2];
  bool isLimited = vocabulary > 0 && vocabulary < generator.width;
  generator.row.resize(static_cast<size_t>(isLimited ? vocabulary : generator.width));
  return generator;
}

Result<std::span<const double>> Generator::logits(std::span<const int32_t> tokens) {
  size_t count = std::min(tokens.size(), static_cast<size_t>(length));
  if (count == 0)
    return error("cannot predict what follows an empty sequence");
  TERN_ASSIGN(std::span<int32_t> window, session->input<int32_t>(*forward, "tokens"));
  std::fill(window.begin(), window.end(), kPadding);
  std::copy(tokens.end() - static_cast<ptrdiff_t>(count), tokens.end(), window.begin());
  TERN_TRY(session->call(*forward));
  uint64_t bytes = elementBytes(output->dtype);
  const uint8_t *source = session->bytes(*output).data() + (count - 1) * static_cast<size_t>(width) * bytes;
  for (size_t i = 0; i < row.size(); ++i) {
    row[i] = readElement(source + i * bytes, output->dtype);
    if (!std::isfinite(row[i]))
      return error("the model returned a logit that is not a finite number; the weights are damaged");
  }
  return std::span<const double>(row);
}

Result<int32_t> Generator::next(Sampler &sampler, std::span<const int32_t> tokens) {
  TERN_ASSIGN(std::span<const double> scores, logits(tokens));
  size_t count = std::min(tokens.size(), static_cast<size_t>(length));
  return sampler.next(scores, tokens.last(count));
}

} // namespace tern::rt
