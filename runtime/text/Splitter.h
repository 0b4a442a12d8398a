// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A text becomes words by regular expressions: each stage splits the pieces of the one before.

#ifndef TERN_RUNTIME_TEXT_SPLITTER_H
#define TERN_RUNTIME_TEXT_SPLITTER_H

#include "runtime/text/Pattern.h"
#include "runtime/text/WordScanner.h"

#include <functional>
#include <span>
#include <vector>

namespace tern::rt {

struct SplitStage {
  static Result<SplitStage> compile(std::string_view expression, bool dropsGaps = false);

  Pattern pattern;                 // a word is what it matches
  bool dropsGaps = false;          // what lies between two matches is a word, too, or dropped
  std::optional<WordScanner> fast; // the same words, where it knows
};

class Splitter {
public:
  using Words = std::span<const std::string_view>;
  using Take = std::function<Status(Words)>;

  void add(SplitStage stage) { stages.push_back(std::move(stage)); }
  size_t size() const { return stages.size(); }
  /// Only regular expressions from now on: the measure for tests.
  void forgetScanners();
  /// Hands the words of `text` (valid UTF-8) to `take`, many at a time, in their order. No stage: the text is the word.
  Status split(std::string_view text, const Take &take) const;

private:
  class Run;
  std::vector<SplitStage> stages;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_SPLITTER_H
