// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The source is written once per sentence; each step runs the forward entry on what has been said so far. Ties go to the
// beam that came first and to the smaller id, so that a result does not depend on threads.

#include "runtime/generate/Translator.h"

#include "runtime/core/Convert.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tern::rt {

Result<Translator> Translator::create(Session &session, Marks marks) {
  TERN_ASSIGN(const tern_entry *forward, session.program().entry("forward"));
  const tern_tensor *source = findInput(*forward, "source"), *tokens = findInput(*forward, "tokens"),
                    *logits = findOutput(*forward, "logits");
  bool fits = source && tokens && logits && source->rank == 2 && tokens->rank == 2 && logits->rank == 3 &&
              tokens->shape[0] == 1 && logits->shape[1] == tokens->shape[1];
  if (!fits)
    return error("this model does not translate: its forward entry does not map \"source\" and \"tokens\" to \"logits\" (1, T, V); "
                 "compile it with --objective=seq2seq");
  int64_t rows = session.manifest().vocab > 0 ? session.manifest().vocab : logits->shape[2];
  if (int64_t last = std::max({marks.begin, marks.end, marks.padding}); last >= rows)
    return error("translation needs the tokens begin, end and padding, ids up to ", last, ", but the program's vocabulary has ",
                 rows, " entries; compile the model with --define vocab=", last + 1);
  Translator translator;
  translator.session = &session;
  translator.forward = forward;
  translator.output = logits;
  translator.marks = marks;
  translator.length = tokens->shape[1];
  translator.width = logits->shape[2];
  return translator;
}

Status Translator::writeSource(std::span<const int32_t> source) {
  TERN_ASSIGN(std::span<int32_t> input, session->input<int32_t>(*forward, "source"));
  if (source.size() > input.size())
    return error("the source has ", source.size(), " tokens, the program takes ", input.size(),
                 "; compile it with a larger --define source=N");
  std::ranges::fill(input, marks.padding);
  std::ranges::copy(source, input.begin());
  if (!findInput(*forward, "source_lengths"))
    return success();
  TERN_ASSIGN(std::span<int32_t> lengths, session->input<int32_t>(*forward, "source_lengths"));
  lengths[0] = std::max<int32_t>(static_cast<int32_t>(source.size()), 1);
  return success();
}

Result<std::vector<double>> Translator::following(std::span<const int32_t> ids) {
  TERN_ASSIGN(std::span<int32_t> tokens, session->input<int32_t>(*forward, "tokens"));
  std::ranges::fill(tokens, marks.padding);
  std::ranges::copy(ids, tokens.begin());
  if (findInput(*forward, "lengths")) {
    TERN_ASSIGN(std::span<int32_t> lengths, session->input<int32_t>(*forward, "lengths"));
    lengths[0] = static_cast<int32_t>(ids.size());
  }
  TERN_TRY(session->call(*forward));
  uint64_t bytes = elementBytes(output->dtype);
  const uint8_t *row = session->bytes(*output).data() + (ids.size() - 1) * static_cast<size_t>(width) * bytes;
  std::vector<double> scores(static_cast<size_t>(width));
  for (size_t id = 0; id < scores.size(); ++id)
    scores[id] = readElement(row + id * bytes, output->dtype);
  if (!std::ranges::all_of(scores, [](double score) { return std::isfinite(score); }))
    return error("the model returned a logit that is not a finite number; the weights are damaged");
  double largest = *std::ranges::max_element(scores), sum = 0;
  for (double score : scores)
    sum += std::exp(score - largest);
  for (double &score : scores)
    score -= largest + std::log(sum);
  return scores;
}

Status Translator::extend(const Beam &beam, int64_t count, std::vector<Beam> &candidates) {
  TERN_ASSIGN(std::vector<double> scores, following(beam.ids));
  std::vector<int32_t> ids;
  for (int64_t id = 0; id < width; ++id)
    if (isAllowed(id))
      ids.push_back(static_cast<int32_t>(id));
  count = std::min(count, static_cast<int64_t>(ids.size()));
  auto better = [&](int32_t a, int32_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; };
  std::partial_sort(ids.begin(), ids.begin() + count, ids.end(), better);
  for (int32_t id : std::span(ids).first(static_cast<size_t>(count))) {
    candidates.push_back({beam.ids, beam.score + scores[id]});
    candidates.back().ids.push_back(id);
  }
  return success();
}

/// What beams are compared by once they have ended.
static double penalized(double score, size_t length, double alpha) {
  return score / std::pow((5.0 + static_cast<double>(length)) / 6.0, alpha);
}

Result<std::vector<int32_t>> Translator::translate(std::span<const int32_t> source, const BeamOptions &options) {
  std::vector<Beam> beams{{{marks.begin}, 0}};
  Beam best;
  double bestScore = -INFINITY;
  auto finish = [&](const Beam &beam) {
    if (double score = penalized(beam.score, beam.ids.size() - 1, options.lengthPenalty); score > bestScore) {
      best = beam;
      bestScore = score;
    }
  };
  int64_t limit = options.maxTokens > 0 ? std::min(options.maxTokens, length) : length;
  for (int64_t step = 0; step < limit && !beams.empty(); ++step) {
    std::vector<Beam> candidates;
    for (const Beam &beam : beams) {
      TERN_TRY(writeSource(source)); // a call may use the memory of its inputs for other things
      TERN_TRY(extend(beam, 2 * options.beams, candidates));
    }
    std::ranges::stable_sort(candidates, std::greater<>(), &Beam::score);
    beams.clear();
    for (const Beam &candidate : candidates) {
      if (static_cast<int64_t>(beams.size()) == options.beams)
        break;
      bool ends = candidate.ids.back() == marks.end;
      // Greedy takes the first candidate, whatever it is.
      if (ends)
        finish(candidate);
      else
        beams.push_back(candidate);
      if (ends && options.beams == 1)
        break;
    }
    // A beam only loses by going on, so none that is behind already can come first; with one beam an end is the end.
    bool isDone = !beams.empty() && bestScore >= penalized(beams.front().score, static_cast<size_t>(limit), options.lengthPenalty);
    if (isDone || (options.beams == 1 && bestScore > -INFINITY))
      break;
  }
  if (bestScore == -INFINITY)
    for (const Beam &beam : beams)
      finish(beam);
  std::vector<int32_t> result(best.ids.begin() + 1, best.ids.end());
  if (!result.empty() && result.back() == marks.end)
    result.pop_back();
  return result;
}

} // namespace tern::rt
