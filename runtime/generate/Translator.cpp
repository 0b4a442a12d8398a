// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The source is read once per sentence; each step tells one token of every beam. Ties go to the beam that came first and to the
// smaller id, so that a result does not depend on threads.

#include "runtime/generate/Translator.h"

#include "runtime/core/Convert.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tern::rt {

Result<Translator> Translator::create(Session &session, Marks marks) {
  if (!Slots::isIn(session.program()) || !session.program().findEntry("encode"))
    return error("this program does not translate: it has no entries encode, prefill and decode; compile an encoder-decoder with "
                 "--objective=seq2seq, and not with --prefill=0");
  TERN_ASSIGN(Slots slots, Slots::create(session));
  int64_t rows = session.manifest().vocab > 0 ? session.manifest().vocab : slots.vocabulary();
  if (int64_t last = std::max({marks.begin, marks.end, marks.padding}); last >= rows)
    return error("translation needs the tokens begin, end and padding, ids up to ", last, ", but the program's vocabulary has ",
                 rows, " entries; compile the model with --define vocab=", last + 1);
  return Translator(std::move(slots), marks);
}

Status Translator::readSource(std::span<const int32_t> source, int64_t beams) {
  if (beams > slots.count())
    return error("--beam ", beams, ": every beam takes a slot, and the program has ", slots.count(), "; compile it with --slots=",
                 beams);
  return slots.setSource(0, source, marks.padding);
}

/// Log-probabilities of a row of logits.
static Result<std::vector<double>> logSoftmax(std::span<const uint8_t> row, uint32_t dtype) {
  uint64_t bytes = elementBytes(dtype);
  std::vector<double> scores(row.size() / bytes);
  for (size_t id = 0; id < scores.size(); ++id)
    scores[id] = readElement(row.data() + id * bytes, dtype);
  if (!std::ranges::all_of(scores, [](double score) { return std::isfinite(score); }))
    return error("the model returned a logit that is not a finite number; the weights are damaged");
  double largest = *std::ranges::max_element(scores), sum = 0;
  for (double score : scores)
    sum += std::exp(score - largest);
  for (double &score : scores)
    score -= largest + std::log(sum);
  return scores;
}

Status Translator::extend(const Beam &beam, std::span<const uint8_t> row, int64_t count, std::vector<Beam> &candidates) const {
  TERN_ASSIGN(std::vector<double> scores, logSoftmax(row, slots.dtype()));
  std::vector<int32_t> ids;
  for (size_t id = 0; id < scores.size(); ++id)
    if (isAllowed(static_cast<int64_t>(id)))
      ids.push_back(static_cast<int32_t>(id));
  count = std::min(count, static_cast<int64_t>(ids.size()));
  auto better = [&](int32_t a, int32_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; };
  std::partial_sort(ids.begin(), ids.begin() + count, ids.end(), better);
  for (int32_t id : std::span(ids).first(static_cast<size_t>(count))) {
    candidates.push_back({beam.ids, beam.score + scores[id], beam.slot});
    candidates.back().ids.push_back(id);
  }
  return success();
}

Result<std::vector<Translator::Beam>> Translator::candidates(const std::vector<Beam> &beams, int64_t count) {
  std::vector<int32_t> last(static_cast<size_t>(slots.count()), Slots::idle);
  for (const Beam &beam : beams)
    last[static_cast<size_t>(beam.slot)] = beam.ids.back();
  TERN_ASSIGN(std::span<const uint8_t> logits, slots.step(last));
  size_t rowBytes = logits.size() / last.size();
  std::vector<Beam> all;
  for (const Beam &beam : beams)
    TERN_TRY(extend(beam, logits.subspan(static_cast<size_t>(beam.slot) * rowBytes, rowBytes), count, all));
  std::ranges::stable_sort(all, std::greater<>(), &Beam::score);
  return all;
}

Status Translator::spread(std::vector<Beam> &beams, int64_t count) {
  auto taken = [](std::span<const Beam> among, int64_t slot) {
    return std::ranges::find(among, slot, &Beam::slot) != among.end();
  };
  for (size_t number = 1; number < beams.size(); ++number) {
    if (!taken(std::span(beams).first(number), beams[number].slot))
      continue;
    int64_t free = 0;
    while (free + 1 < count && taken(beams, free))
      ++free;
    TERN_TRY(slots.fork(beams[number].slot, free));
    beams[number].slot = free;
  }
  return success();
}

void Translator::Ended::offer(const Beam &beam, double lengthPenalty) {
  double length = static_cast<double>(beam.ids.size() - 1), own = beam.score / penalty(length, lengthPenalty);
  if (own > score) {
    best = beam;
    score = own;
  }
}

double Translator::penalty(double length, double alpha) { return std::pow((5.0 + length) / 6.0, alpha); }

std::vector<Translator::Beam> Translator::keepBest(std::span<const Beam> candidates, const BeamOptions &options, Ended &ended) const {
  std::vector<Beam> beams;
  for (const Beam &candidate : candidates) {
    if (static_cast<int64_t>(beams.size()) == options.beams)
      break;
    bool ends = candidate.ids.back() == marks.end;
    if (ends)
      ended.offer(candidate, options.lengthPenalty);
    else
      beams.push_back(candidate);
    if (ends && options.beams == 1) // greedy takes the first candidate, whatever it is
      break;
  }
  return beams;
}

Result<std::vector<int32_t>> Translator::translate(std::span<const int32_t> source, const BeamOptions &options) {
  TERN_TRY(readSource(source, options.beams));
  int64_t limit = options.maxTokens > 0 ? std::min(options.maxTokens, slots.context()) : slots.context();
  std::vector<Beam> beams{{{marks.begin}, 0, 0}};
  Ended ended;
  // A beam only loses by going on, so none that is behind what has ended can come first.
  auto canWin = [&](const Beam &beam) {
    return beam.score / penalty(static_cast<double>(limit), options.lengthPenalty) > ended.score;
  };
  for (int64_t step = 0; step < limit && !beams.empty() && canWin(beams.front()); ++step) {
    TERN_ASSIGN(std::vector<Beam> next, candidates(beams, 2 * options.beams));
    beams = keepBest(next, options, ended);
    TERN_TRY(spread(beams, options.beams));
  }
  if (ended.score == -INFINITY)
    for (const Beam &beam : beams)
      ended.offer(beam, options.lengthPenalty);
  std::vector<int32_t> result(ended.best.ids.begin() + 1, ended.best.ids.end());
  if (!result.empty() && result.back() == marks.end)
    result.pop_back();
  return result;
}

} // namespace tern::rt
