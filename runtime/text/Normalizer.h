// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is done to a text before it is split into words: Unicode normal forms, replacements, BERT's cleaning.

#ifndef TERN_RUNTIME_TEXT_NORMALIZER_H
#define TERN_RUNTIME_TEXT_NORMALIZER_H

#include "runtime/core/Result.h"

#include <string>
#include <string_view>
#include <vector>

namespace tern::rt {

struct NormalizerStep {
  enum class Kind { Nfc, Nfd, Nfkc, Nfkd, Prepend, LeadingSpace, Replace, Clean, SpaceIdeographs, StripAccents, Lowercase };
  Kind kind;
  std::string text = {}; // Prepend: this; Replace: this ...
  std::string by = {}; // ... by this
};

class Normalizer {
public:
  Normalizer() = default;
  explicit Normalizer(std::vector<NormalizerStep> steps) : steps(std::move(steps)) {}

  bool isIdentity() const { return steps.empty(); }
  /// `text` is valid UTF-8 and not empty.
  Result<std::string> apply(std::string_view text) const;

private:
  std::vector<NormalizerStep> steps;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_NORMALIZER_H
