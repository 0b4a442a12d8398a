// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a source sequence to a target sequence with an encoder-decoder: greedy, or beam search with length penalty. Knows
// ids only.

#ifndef TERN_RUNTIME_GENERATE_TRANSLATOR_H
#define TERN_RUNTIME_GENERATE_TRANSLATOR_H

#include "runtime/core/Session.h"

#include <span>
#include <vector>

namespace tern::rt {

struct BeamOptions {
  int64_t beams = 1;          // 1: greedy
  double lengthPenalty = 0.6; // alpha: log-probabilities are divided by ((5 + length) / 6)^alpha (Wu et al. 2016)
  int64_t maxTokens = 0;      // 0: as many as the decoder has places
};

class Translator {
public:
  struct Marks {
    int32_t begin, end, padding;
    int64_t vocabulary; // ids from here on are only drawn when they are `end`
  };

  /// An error when the forward entry does not map "source" and "tokens" to "logits" (1, T, V).
  static Result<Translator> create(Session &session, Marks marks);

  /// Without begin and end. A source that is longer than its input is an error.
  Result<std::vector<int32_t>> translate(std::span<const int32_t> source, const BeamOptions &options);

private:
  struct Beam {
    std::vector<int32_t> ids; // begins with `begin`
    double score = 0;         // log-probability
  };

  Translator() = default;
  Status writeSource(std::span<const int32_t> source);
  /// Log-probabilities of the ids that may follow.
  Result<std::vector<double>> following(std::span<const int32_t> ids);
  /// Adds the best continuations of a beam.
  Status extend(const Beam &beam, int64_t count, std::vector<Beam> &candidates);
  bool isAllowed(int64_t id) const { return id < marks.vocabulary || id == marks.end; }

  Session *session = nullptr;
  const tern_entry *forward = nullptr;
  const tern_tensor *output = nullptr;
  Marks marks{};
  int64_t length = 0, width = 0;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_TRANSLATOR_H
