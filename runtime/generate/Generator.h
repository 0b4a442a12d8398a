// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Next-token logits of a causal model: the forward entry on a window of the last tokens. Knows ids only; text is made
// of them by StreamingDecoder and StopFilter.

#ifndef TERN_RUNTIME_GENERATE_GENERATOR_H
#define TERN_RUNTIME_GENERATE_GENERATOR_H

#include "runtime/core/Session.h"
#include "runtime/generate/Sampler.h"

#include <span>
#include <vector>

namespace tern::rt {

class Generator {
public:
  /// An error when the forward entry does not map tokens (1, T) to logits (1, T, V). Ids from `vocabulary` on are never
  /// drawn: a small tokenizer may be used with a wide head. 0: all of V.
  static Result<Generator> create(Session &session, int64_t vocabulary);

  int64_t window() const { return length; }

  /// The logits that follow `tokens` (at least one), of which the last window() count.
  Result<std::span<const double>> logits(std::span<const int32_t> tokens);

  /// Draws the token that follows `tokens`.
  Result<int32_t> next(Sampler &sampler, std::span<const int32_t> tokens);

private:
  Generator() = default;

  Session *session = nullptr;
  const tern_entry *forward = nullptr;
  const tern_tensor *output = nullptr;
  int64_t length = 0;      // T
  int64_t width = 0;       // V
  std::vector<double> row; // the ids that may be drawn
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_GENERATOR_H
