// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The published word patterns, by hand, for ASCII: faster than the regular expression, which remains the measure and takes
// over where a character beyond ASCII decides.

#ifndef TERN_RUNTIME_TEXT_WORDSCANNER_H
#define TERN_RUNTIME_TEXT_WORDSCANNER_H

#include <cstddef>
#include <optional>
#include <string_view>

namespace tern::rt {

extern const std::string_view gpt2Words;   // GPT-2 and RoBERTa
extern const std::string_view llama3Words; // numbers in groups of three
extern const std::string_view qwenWords;   // a digit at a time
extern const std::string_view spacedWords; // with the spaces before them

class WordScanner {
public:
  /// Nothing when the pattern is not one of the above.
  static std::optional<WordScanner> of(std::string_view pattern);

  /// The length of the word at the beginning of `text`, which is not empty; 0: ask the regular expression.
  size_t next(std::string_view text) const {
    if (style == Style::Spaced)
      return nextSpaced(text);
    return style == Style::Gpt2 ? nextGpt2(text) : nextLlama3(text);
  }

private:
  enum class Style { Gpt2, Llama3, Spaced };
  static size_t nextSpaced(std::string_view text);
  static size_t nextGpt2(std::string_view text);
  size_t nextLlama3(std::string_view text) const;
  Style style = Style::Gpt2;
  size_t digits = 0; // Llama3: in a number
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_WORDSCANNER_H
