// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The window of the forward entry is padded on the right: a causal model's logits at the last real position do not depend on
// what follows it.

#include "runtime/generate/Generator.h"

#include "runtime/core/Convert.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tern::rt {

static constexpr int32_t kPadding = 0;

Status Generator::useForward(Session &session) {
  TERN_ASSIGN(forward, session.program().entry("forward"));
  const tern_tensor *tokens = findInput(*forward, "tokens"), *logits = findOutput(*forward, "logits");
  if (!tokens || !logits)
    return error("this model does not generate text: its forward entry does not map \"tokens\" to \"logits\"");
  for (const tern_tensor &tensor : inputs(*forward))
    if (std::string_view(tensor.name) != "tokens")
      return error("the model reads \"", tensor.name, "\", which generation does not know; use `forward`");
  bool fits = tokens->rank == 2 && tokens->dtype == TERN_I32 && logits->rank == 3 && tokens->shape[0] >= 1 &&
              logits->shape[1] == tokens->shape[1];
  if (!fits)
    return error("cannot generate with a forward entry of tokens ", shapeText(shapeOf(*tokens)), " and logits ",
                 shapeText(shapeOf(*logits)), "; expected (1, T) and (1, T, V)");
  output = logits;
  dtype = logits->dtype;
  length = tokens->shape[1];
  width = logits->shape[2];
  return success();
}

Result<Generator> Generator::create(Session &session, int64_t vocabulary, int32_t end) {
  Generator generator;
  generator.session = &session;
  if (Slots::isIn(session.program())) {
    TERN_ASSIGN(generator.slots, Slots::create(session));
    generator.dtype = generator.slots->dtype();
    generator.length = generator.slots->context();
    generator.width = generator.slots->vocabulary();
  } else {
    TERN_TRY(generator.useForward(session));
  }
  bool isLimited = vocabulary > 0 && vocabulary < generator.width;
  generator.ids.resize(static_cast<size_t>(isLimited ? vocabulary : generator.width));
  std::iota(generator.ids.begin(), generator.ids.end(), 0);
  if (isLimited && end >= vocabulary && end < generator.width)
    generator.ids.push_back(end);
  generator.row.resize(generator.ids.size());
  return generator;
}

Result<std::span<const uint8_t>> Generator::rowOfForward(std::span<const int32_t> tokens) {
  size_t count = std::min(tokens.size(), static_cast<size_t>(length));
  TERN_ASSIGN(std::span<int32_t> window, session->input<int32_t>(*forward, "tokens"));
  std::fill(window.begin(), window.end(), kPadding);
  std::copy(tokens.end() - static_cast<ptrdiff_t>(count), tokens.end(), window.begin());
  TERN_TRY(session->call(*forward));
  size_t bytes = static_cast<size_t>(width) * elementBytes(dtype);
  return std::span<const uint8_t>(session->bytes(*output)).subspan((count - 1) * bytes, bytes);
}

Result<std::span<const uint8_t>> Generator::rowOfSteps(std::span<const int32_t> tokens) {
  size_t most = static_cast<size_t>(length);
  if (tokens.size() <= most)
    first = 0;
  else if (first >= tokens.size() || tokens.size() - first > most)
    first = tokens.size() - std::max<size_t>(most / 2, 1);
  std::span<const int32_t> sequence = tokens.subspan(first);
  size_t common = std::ranges::mismatch(known, sequence).in1 - known.begin();
  common = std::min(common, sequence.size() - 1); // the last one is computed in any case
  common = static_cast<size_t>(slots->truncate(0, static_cast<int64_t>(common)));
  known.assign(sequence.begin(), sequence.end());
  return slots->append(0, sequence.subspan(common));
}

Result<std::span<const double>> Generator::logits(std::span<const int32_t> tokens) {
  if (tokens.empty())
    return error("cannot predict what follows an empty sequence");
  TERN_ASSIGN(std::span<const uint8_t> source, slots ? rowOfSteps(tokens) : rowOfForward(tokens));
  uint64_t bytes = elementBytes(dtype);
  for (size_t i = 0; i < row.size(); ++i) {
    row[i] = readElement(source.data() + static_cast<uint64_t>(ids[i]) * bytes, dtype);
    if (!std::isfinite(row[i]))
      return error("the model returned a logit that is not a finite number; the weights are damaged");
  }
  return std::span<const double>(row);
}

Result<int32_t> Generator::next(Sampler &sampler, std::span<const int32_t> tokens) {
  TERN_ASSIGN(std::span<const double> scores, logits(tokens));
  size_t count = std::min(tokens.size(), static_cast<size_t>(length));
  return ids[static_cast<size_t>(sampler.next(scores, tokens.last(count)))];
}

} // namespace tern::rt
