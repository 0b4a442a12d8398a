// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a source sequence to a target sequence with an encoder-decoder: greedy, or beam search with length penalty. Knows
// ids only.

#ifndef TERN_RUNTIME_GENERATE_TRANSLATOR_H
#define TERN_RUNTIME_GENERATE_TRANSLATOR_H

#include "runtime/generate/Slots.h"

#include <cmath>
#include <span>
#include <vector>

namespace tern::rt {

struct BeamOptions {
  int64_t beams = 1;          // 1: greedy; each takes a slot
  double lengthPenalty = 0.6; // alpha: log-probabilities are divided by ((5 + length) / 6)^alpha (Wu et al. 2016)
  int64_t maxTokens = 0;      // 0: as many as the decoder has places
};

class Translator {
public:
  struct Marks {
    int32_t begin, end, padding;
    int64_t vocabulary; // ids from here on are only drawn when they are `end`
  };

  /// An error when the program has no encoder, or no ids for the marks.
  static Result<Translator> create(Session &session, Marks marks);

  /// Without begin and end. A source that is longer than its input is an error, and more beams than the program has slots.
  Result<std::vector<int32_t>> translate(std::span<const int32_t> source, const BeamOptions &options);

private:
  struct Beam {
    std::vector<int32_t> ids; // begins with `begin`
    double score = 0;         // log-probability
    int64_t slot = 0;         // whose caches hold all ids but the last
  };

  /// The best of the beams that have ended.
  struct Ended {
    Beam best;
    double score = -INFINITY; // log-probability, divided by the penalty of the length
    void offer(const Beam &beam, double lengthPenalty);
  };

  Translator(Slots slots, Marks marks) : slots(std::move(slots)), marks(marks) {}
  Status readSource(std::span<const int32_t> source, int64_t beams);
  /// The best `count` continuations of every beam, the best first.
  Result<std::vector<Beam>> candidates(const std::vector<Beam> &beams, int64_t count);
  /// Adds those of one, from its row of logits.
  Status extend(const Beam &beam, std::span<const uint8_t> row, int64_t count, std::vector<Beam> &candidates) const;
  /// Those that go on, and the ends among them to `ended`.
  std::vector<Beam> keepBest(std::span<const Beam> candidates, const BeamOptions &options, Ended &ended) const;
  /// A slot of its own for every beam that goes on from another one's.
  Status spread(std::vector<Beam> &beams, int64_t count);
  static double penalty(double length, double alpha);
  bool isAllowed(int64_t id) const { return id < marks.vocabulary || id == marks.end; }

  Slots slots;
  Marks marks;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_TRANSLATOR_H
