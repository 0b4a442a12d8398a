// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses the next token from logits: repeat penalty, temperature, top-k, top-p, min-p, then one draw of a
// counter-based generator, so that a seed gives the same text on every machine and at every thread count.

#ifndef TERN_RUNTIME_GENERATE_SAMPLER_H
#define TERN_RUNTIME_GENERATE_SAMPLER_H

#include <cstdint>
#include <span>
#include <vector>

namespace tern::rt {

struct SamplerOptions {
  double temperature = 0;   // 0 is greedy
  int64_t topK = 0;         // 0 keeps all
  double topP = 1;          // 1 keeps all
  double minP = 0;          // 0 keeps all
  double repeatPenalty = 1; // 1 is none
  uint64_t seed = 0;
};

/// A token that may still be drawn, and its probability.
struct Candidate {
  int32_t token;
  double probability;
};

class Sampler {
public:
  explicit Sampler(const SamplerOptions &options) : options(options) {}

  /// The next token. `recent` are the tokens that the repeat penalty applies to. Equal logits: the lowest id is first.
  int32_t next(std::span<const double> logits, std::span<const int32_t> recent);

  /// What `next` would draw from: sorted by falling probability, summing to one. Needs a positive temperature.
  std::vector<Candidate> candidates(std::span<const double> logits, std::span<const int32_t> recent) const;

private:
  SamplerOptions options;
  uint64_t draws = 0;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_SAMPLER_H
