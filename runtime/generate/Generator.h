// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Next-token logits of a causal model. What was asked for before is kept: of a longer sequence only the new tokens are computed,
// by the entries prefill and decode. A program without them runs its forward entry on a window of the last tokens. Knows ids
// only; text is made of them by StreamingDecoder and StopFilter.

#ifndef TERN_RUNTIME_GENERATE_GENERATOR_H
#define TERN_RUNTIME_GENERATE_GENERATOR_H

#include "runtime/core/Session.h"
#include "runtime/generate/Sampler.h"
#include "runtime/generate/Slots.h"

#include <optional>
#include <span>
#include <vector>

namespace tern::rt {

class Generator {
public:
  /// An error when the program has neither prefill and decode, nor a forward entry that maps tokens (1, T) to logits
  /// (1, T, V). Ids from `vocabulary` on are never drawn: a small tokenizer may be used with a wide head. 0: all of V.
  /// But `end`, which may lie behind it, is drawn where the logits have it.
  static Result<Generator> create(Session &session, int64_t vocabulary, int32_t end = noToken);
  static constexpr int32_t noToken = -1;

  /// Tokens that the model can look back at.
  int64_t window() const { return length; }

  /// The logits that follow `tokens` (at least one), of which the last window() count at most. When a sequence outgrows
  /// the window, the model goes on with the last half of it. An `end` that lies behind the vocabulary comes last.
  Result<std::span<const double>> logits(std::span<const int32_t> tokens);

  /// Draws the token that follows `tokens`.
  Result<int32_t> next(Sampler &sampler, std::span<const int32_t> tokens);

private:
  Generator() = default;
  Status useForward(Session &session);
  Result<std::span<const uint8_t>> rowOfForward(std::span<const int32_t> tokens);
  Result<std::span<const uint8_t>> rowOfSteps(std::span<const int32_t> tokens);

  Session *session = nullptr;
  std::optional<Slots> slots;   // sequence 0 is ours
  std::vector<int32_t> known;   // its tokens
  size_t first = 0;             // where they begin in what was asked for
  const tern_entry *forward = nullptr; // without slots
  const tern_tensor *output = nullptr;
  uint32_t dtype = 0;
  int64_t length = 0;      // of the window
  int64_t width = 0;       // V
  std::vector<int32_t> ids; // those that may be drawn
  std::vector<double> row;  // their logits
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_GENERATOR_H
