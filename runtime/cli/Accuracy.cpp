// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loss entry says what is right (its inputs hold the labels), the forward entry what the model thinks.

#include "runtime/cli/Accuracy.h"

#include "runtime/core/Convert.h"

#include <algorithm>
#include <map>

namespace tern::rt {

namespace {

// The inputs of the loss entry for one batch, copied: entries share memory.
std::vector<int32_t> copyInput(Session &session, const tern_entry &entry, std::string_view role) {
  Result<std::span<int32_t>> input = session.input<int32_t>(entry, role);
  return input.ok() ? std::vector<int32_t>(input->begin(), input->end()) : std::vector<int32_t>();
}

// The place of the largest number in each row of an output.
std::vector<int32_t> largestPlaces(Session &session, const tern_tensor &tensor) {
  uint64_t width = static_cast<uint64_t>(tensor.shape[tensor.rank - 1]), bytes = elementBytes(tensor.dtype);
  const uint8_t *data = session.bytes(tensor).data();
  std::vector<int32_t> places;
  for (uint64_t row = 0; row < tensor.bytes / bytes / width; ++row) {
    uint64_t best = 0;
    auto at = [&](uint64_t place) { return readElement(data + (row * width + place) * bytes, tensor.dtype); };
    for (uint64_t place = 1; place < width; ++place)
      if (at(place) > at(best))
        best = place;
    places.push_back(static_cast<int32_t>(best));
  }
  return places;
}

// Keeps the first `counted` labels: a batch may be filled with copies of its last row.
void keepCounted(std::vector<int32_t> &labels, int64_t counted) {
  for (int32_t &label : labels)
    if (label != ignoredTarget && counted-- <= 0)
      label = ignoredTarget;
}

void count(Share &share, const std::vector<int32_t> &expected, const std::vector<int32_t> &found) {
  for (size_t index = 0; index < std::min(expected.size(), found.size()); ++index)
    if (expected[index] != ignoredTarget) {
      share.part += expected[index] == found[index];
      ++share.total;
    }
}

// What a model that always says the most frequent target would reach.
Share mostFrequent(const std::map<int32_t, int64_t> &counts) {
  Share share{"most_frequent"};
  for (auto [id, times] : counts) {
    share.part = std::max(share.part, times);
    share.total += times;
  }
  return share;
}

// Classes and masked words: the forward entry on the same batches.
class Classes {
public:
  Classes(Session &session, const tern_entry &loss, const tern_entry &forward, std::string_view role)
      : session(session), loss(loss), forward(forward), role(role) {}

  Status add(BatchSource &source, Split split, int64_t index) {
    TERN_ASSIGN(int64_t counted, source.fillOrdered(split, index, session, loss));
    std::vector<int32_t> expected = copyInput(session, loss, role), next = copyInput(session, loss, "next_sentence");
    keepCounted(expected, counted);
    TERN_ASSIGN(counted, source.fillOrdered(split, index, session, forward));
    TERN_TRY(session.call(forward));
    count(own, expected, largestPlaces(session, *findOutput(forward, "logits")));
    for (int32_t id : expected)
      if (id != ignoredTarget)
        ++counts[id];
    if (const tern_tensor *pairs = findOutput(forward, "next_sentence"))
      count(sentences, next, largestPlaces(session, *pairs));
    return success();
  }

  std::vector<Share> shares() const {
    std::vector<Share> all{own, mostFrequent(counts)};
    if (sentences.total > 0)
      all.push_back(sentences);
    return all;
  }

private:
  Session &session;
  const tern_entry &loss, &forward;
  std::string_view role;
  Share own{"accuracy"}, sentences{"next_sentence_accuracy"};
  std::map<int32_t, int64_t> counts;
};

// Whole target sequences, told by the model from their sources alone.
class Translations {
public:
  Translations(Session &session, const tern_entry &loss, Translator translator, Translator::Marks marks, BeamOptions beam)
      : session(session), loss(loss), translator(std::move(translator)), marks(marks), beam(beam) {}

  Status add(BatchSource &source, Split split, int64_t index) {
    TERN_ASSIGN([[maybe_unused]] int64_t counted, source.fillOrdered(split, index, session, loss));
    std::vector<int32_t> sources = copyInput(session, loss, "source"), targets = copyInput(session, loss, "targets");
    const tern_tensor &sourceInput = *findInput(loss, "source"), &targetInput = *findInput(loss, "targets");
    for (int64_t row = 0; row < sourceInput.shape[0]; ++row) {
      std::vector<int32_t> from = rowOf(sources, sourceInput, row, marks.padding), to = rowOf(targets, targetInput, row, ignoredTarget);
      if (to.empty())
        continue; // beyond the end of the split
      if (to.back() == marks.end)
        to.pop_back();
      TERN_ASSIGN(std::vector<int32_t> told, translator.translate(from, beam));
      share.part += told == to;
      ++share.total;
    }
    return success();
  }

  std::vector<Share> shares() const { return {share}; }

private:
  // A row without the filling at its end.
  static std::vector<int32_t> rowOf(const std::vector<int32_t> &ids, const tern_tensor &tensor, int64_t row, int32_t filling) {
    auto begin = ids.begin() + row * tensor.shape[1], end = begin + tensor.shape[1];
    while (end != begin && *(end - 1) == filling)
      --end;
    return {begin, end};
  }

  Session &session;
  const tern_entry &loss;
  Translator translator;
  Translator::Marks marks;
  BeamOptions beam;
  Share share{"exact_match"};
};

template <typename Counter>
Result<std::vector<Share>> countAll(Counter counter, BatchSource &source, Split split, const std::function<bool()> &shouldStop) {
  int64_t batches = source.orderedBatches(split);
  for (int64_t index = 0; index < batches; ++index) {
    if (shouldStop && shouldStop())
      return error("stopped after ", index, " of ", batches, " batches");
    TERN_TRY(counter.add(source, split, index));
  }
  return counter.shares();
}

// The input of the loss entry that a class of the forward entry's logits is compared with, or "".
std::string_view labelsOf(const tern_entry &loss, const tern_entry &forward) {
  const tern_tensor *logits = findOutput(forward, "logits");
  if (!logits)
    return "";
  for (std::string_view role : {"labels", "targets"})
    if (const tern_tensor *labels = findInput(loss, role); labels && labels->dtype == TERN_I32 && labels->rank + 1 == logits->rank &&
                                                          std::ranges::equal(shapeOf(*labels), shapeOf(*logits).first(labels->rank)))
      return role;
  return "";
}

} // namespace

Translator::Marks translationMarks(const Tokenizer &tokenizer) {
  return {tokenizer.special(SpecialToken::Begin), tokenizer.special(SpecialToken::End), tokenizer.special(SpecialToken::Pad),
          tokenizer.vocabularySize()};
}

Result<std::vector<Share>> measureAccuracy(Session &session, BatchSource &source, Split split, const Tokenizer *tokenizer,
                                           const BeamOptions &beam, const std::function<bool()> &shouldStop) {
  const tern_entry *loss = session.program().findEntry("loss"), *forward = session.program().findEntry("forward");
  if (!loss || !forward)
    return std::vector<Share>();
  if (tokenizer && findInput(*forward, "source") && findInput(*loss, "source") && findInput(*loss, "targets")) {
    Translator::Marks marks = translationMarks(*tokenizer);
    TERN_ASSIGN(Translator translator, Translator::create(session, marks));
    return countAll(Translations(session, *loss, std::move(translator), marks, beam), source, split, shouldStop);
  }
  bool isCausal = session.manifest().objective == std::string_view("causal-lm");
  std::string_view role = isCausal ? "" : labelsOf(*loss, *forward);
  if (role.empty())
    return std::vector<Share>();
  return countAll(Classes(session, *loss, *forward, role), source, split, shouldStop);
}

} // namespace tern::rt
