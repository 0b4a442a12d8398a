// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Words are gathered and handed on in batches, so that neither side calls the other once a word.

#include "runtime/text/Splitter.h"

namespace tern::rt {

static constexpr size_t batchSize = 512;

Result<SplitStage> SplitStage::compile(std::string_view expression, bool dropsGaps) {
  TERN_ASSIGN(Pattern pattern, Pattern::compile(expression));
  return SplitStage{std::move(pattern), dropsGaps, WordScanner::of(expression)};
}

void Splitter::forgetScanners() {
  for (SplitStage &stage : stages)
    stage.fast.reset();
}

class Splitter::Run {
public:
  Run(const std::vector<SplitStage> &stages, const Take &take) : stages(stages), take(take) {
    matchers.reserve(stages.size());
    for (const SplitStage &stage : stages)
      matchers.emplace_back(stage.pattern);
    batch.reserve(batchSize);
  }

  Status split(std::string_view text, size_t stage) {
    if (stage == stages.size())
      return push(text);
    for (size_t at = 0; at < text.size();) {
      Extent word;
      TERN_TRY(nextWord(text, at, stage, word));
      if (word.begin > at && !stages[stage].dropsGaps)
        TERN_TRY(split(text.substr(at, word.begin - at), stage + 1));
      if (word.end > word.begin)
        TERN_TRY(split(text.substr(word.begin, word.end - word.begin), stage + 1));
      at = word.end;
    }
    return success();
  }

  Status flush() {
    Status status = take(batch);
    batch.clear();
    return status;
  }

private:
  Status push(std::string_view word) {
    batch.push_back(word);
    return batch.size() == batchSize ? flush() : success();
  }

  // The next match that is not empty; behind the last one an empty one at the end.
  Status nextWord(std::string_view text, size_t at, size_t stage, Extent &word) {
    if (const auto &fast = stages[stage].fast)
      if (size_t length = fast->next(text.substr(at))) {
        word = {at, at + length};
        return success();
      }
    for (size_t from = at; from <= text.size(); from = word.end + 1) {
      while (from < text.size() && (text[from] & 0xc0) == 0x80) // behind an empty match: the next character
        ++from;
      Matcher::Outcome outcome = matchers[stage].find(text, from, word);
      if (outcome == Matcher::Outcome::Failed)
        return matchers[stage].failure();
      if (outcome == Matcher::Outcome::None)
        break;
      if (word.end > word.begin)
        return success();
    }
    word = {text.size(), text.size()};
    return success();
  }

  const std::vector<SplitStage> &stages;
  const Take &take;
  std::vector<Matcher> matchers;
  std::vector<std::string_view> batch;
};

Status Splitter::split(std::string_view text, const Take &take) const {
  Run run(stages, take);
  TERN_TRY(run.split(text, 0));
  return run.flush();
}

} // namespace tern::rt
