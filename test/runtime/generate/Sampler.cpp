// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Distributions after every filter, ties, and determinism.

#include "runtime/generate/Sampler.h"

#include <cmath>
#include <gmock/gmock.h>

namespace tern::rt {

using testing::ElementsAre;

static std::vector<int32_t> tokensOf(const std::vector<Candidate> &candidates) {
  std::vector<int32_t> tokens;
  for (const Candidate &candidate : candidates)
    tokens.push_back(candidate.token);
  return tokens;
}

static SamplerOptions at(double temperature) {
  SamplerOptions options;
  options.temperature = temperature;
  return options;
}

/// Logits of these probabilities.
static std::vector<double> logarithms(std::vector<double> probabilities) {
  for (double &value : probabilities)
    value = std::log(value);
  return probabilities;
}

TEST(Sampler, greedy_takes_the_highest_and_the_first_of_a_tie) {
  EXPECT_EQ(Sampler(at(0)).next(std::vector{1.0, 3.0, 2.0}, {}), 1);
  EXPECT_EQ(Sampler(at(0)).next(std::vector{2.0, 5.0, 5.0}, {}), 1);
}

TEST(Sampler, ties_are_ordered_by_id) {
  EXPECT_THAT(tokensOf(Sampler(at(1)).candidates(std::vector{1.0, 2.0, 2.0, 1.0}, {})), ElementsAre(1, 2, 0, 3));
}

TEST(Sampler, top_k_of_a_tie_keeps_the_lowest_ids) {
  SamplerOptions options = at(1);
  options.topK = 2;
  EXPECT_THAT(tokensOf(Sampler(options).candidates(std::vector{7.0, 7.0, 7.0}, {})), ElementsAre(0, 1));
}

TEST(Sampler, top_p_keeps_the_shortest_prefix) {
  SamplerOptions options = at(1);
  options.topP = 0.75;
  auto list = Sampler(options).candidates(logarithms({0.1, 0.5, 0.15, 0.25}), {});
  ASSERT_THAT(tokensOf(list), ElementsAre(1, 3));
  EXPECT_NEAR(list[0].probability, 2.0 / 3, 1e-12);
}

TEST(Sampler, top_p_of_zero_still_keeps_one) {
  SamplerOptions options = at(1);
  options.topP = 0;
  EXPECT_THAT(tokensOf(Sampler(options).candidates(logarithms({0.25, 0.75}), {})), ElementsAre(1));
}

TEST(Sampler, min_p_compares_with_the_likeliest) {
  SamplerOptions options = at(1);
  options.minP = 0.3;
  EXPECT_THAT(tokensOf(Sampler(options).candidates(logarithms({0.1, 0.6, 0.2, 0.1}), {})), ElementsAre(1, 2));
}

TEST(Sampler, temperature_sharpens_and_flattens) {
  std::vector<double> logits = logarithms({0.2, 0.8});
  EXPECT_NEAR(Sampler(at(1)).candidates(logits, {})[0].probability, 0.8, 1e-12);
  EXPECT_NEAR(Sampler(at(0.5)).candidates(logits, {})[0].probability, 16.0 / 17, 1e-12);
  EXPECT_NEAR(Sampler(at(2)).candidates(logits, {})[0].probability, 2.0 / 3, 1e-12);
}

TEST(Sampler, repeat_penalty_weakens_once) {
  SamplerOptions options;
  options.repeatPenalty = 2;
  std::vector<int32_t> recent{1, 1, 1};
  EXPECT_EQ(Sampler(options).next(std::vector{1.0, 1.5, -9.0}, recent), 0);
  EXPECT_EQ(Sampler(options).next(std::vector{0.7, 1.5, -9.0}, recent), 1); // 1.5 / 2, not 1.5 / 8
  EXPECT_EQ(Sampler(options).next(std::vector{-1.5, -1.0}, recent), 0);     // negative logits fall as well
}

TEST(Sampler, draws_follow_the_distribution) {
  SamplerOptions options = at(1);
  options.seed = 3;
  Sampler sampler(options);
  std::vector<double> logits = logarithms({0.1, 0.2, 0.3, 0.4});
  std::vector<int> counts(4, 0);
  constexpr int draws = 20000;
  for (int i = 0; i < draws; ++i)
    ++counts[static_cast<size_t>(sampler.next(logits, {}))];
  for (size_t token = 0; token < 4; ++token) {
    double expected = draws * 0.1 * static_cast<double>(token + 1);
    EXPECT_NEAR(counts[token], expected, 4 * std::sqrt(expected)) << token; // four standard deviations at least
  }
}

TEST(Sampler, a_seed_gives_the_same_draws) {
  auto draw = [](uint64_t seed) {
    SamplerOptions options = at(1);
    options.seed = seed;
    Sampler sampler(options);
    std::vector<int32_t> tokens;
    for (int i = 0; i < 64; ++i)
      tokens.push_back(sampler.next(std::vector<double>(50, 0.0), {}));
    return tokens;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

} // namespace tern::rt
