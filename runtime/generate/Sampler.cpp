// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Filters act on one sorted candidate list. Sorting is by (probability, id), so that ties never depend on the library.

#include "runtime/generate/Sampler.h"

#include "runtime/core/Random.h"

#include <algorithm>
#include <cmath>

namespace tern::rt {

/// Divides positive logits of recent tokens by the penalty and multiplies negative ones, once per distinct token.
static std::vector<double> penalize(std::span<const double> logits, std::span<const int32_t> recent, double penalty) {
  std::vector<double> result(logits.begin(), logits.end());
  if (penalty == 1)
    return result;
  for (int32_t token : recent) {
    if (token < 0 || static_cast<size_t>(token) >= result.size())
      continue;
    double logit = logits[token];
    result[token] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return result;
}

static bool before(const Candidate &a, const Candidate &b) {
  return a.probability != b.probability ? a.probability > b.probability : a.token < b.token;
}

static void normalize(std::vector<Candidate> &candidates) {
  double sum = 0;
  for (const Candidate &candidate : candidates)
    sum += candidate.probability;
  for (Candidate &candidate : candidates)
    candidate.probability /= sum;
}

static void keepTopK(std::vector<Candidate> &candidates, int64_t count) {
  if (count > 0 && static_cast<size_t>(count) < candidates.size())
    candidates.resize(static_cast<size_t>(count));
}

/// Keeps the shortest prefix whose probability reaches `mass`.
static void keepTopP(std::vector<Candidate> &candidates, double mass) {
  if (mass >= 1)
    return;
  double sum = 0;
  size_t kept = 0;
  while (kept < candidates.size() && (kept == 0 || sum < mass))
    sum += candidates[kept++].probability;
  candidates.resize(kept);
}

static void keepMinP(std::vector<Candidate> &candidates, double fraction) {
  double least = fraction * candidates.front().probability;
  while (candidates.back().probability < least)
    candidates.pop_back();
}

std::vector<Candidate> Sampler::candidates(std::span<const double> logits, std::span<const int32_t> recent) const {
  std::vector<double> scores = penalize(logits, recent, options.repeatPenalty);
  double highest = *std::max_element(scores.begin(), scores.end());
  std::vector<Candidate> list;
  list.reserve(scores.size());
  for (size_t i = 0; i < scores.size(); ++i)
    list.push_back({static_cast<int32_t>(i), std::exp((scores[i] - highest) / options.temperature)});
  std::sort(list.begin(), list.end(), before);
  keepTopK(list, options.topK);
  normalize(list);
  keepTopP(list, options.topP);
  keepMinP(list, options.minP);
  normalize(list);
  return list;
}

int32_t Sampler::next(std::span<const double> logits, std::span<const int32_t> recent) {
  if (options.temperature <= 0) {
    std::vector<double> scores = penalize(logits, recent, options.repeatPenalty);
    return static_cast<int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  }
  std::vector<Candidate> list = candidates(logits, recent);
  double target = randomUnit(options.seed, draws++);
  for (const Candidate &candidate : list) {
    target -= candidate.probability;
    if (target < 0)
      return candidate.token;
  }
  return list.back().token;
}

} // namespace tern::rt
