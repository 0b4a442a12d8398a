// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regular expressions as tokenizer files write them, over Unicode text, by PCRE2.

#ifndef TERN_RUNTIME_TEXT_PATTERN_H
#define TERN_RUNTIME_TEXT_PATTERN_H

#include "runtime/core/Result.h"

#include <memory>
#include <string_view>

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;

namespace tern::rt {

struct Extent {
  size_t begin = 0, end = 0;
};

class Pattern {
public:
  /// An error says what is wrong with the expression, and where in it.
  static Result<Pattern> compile(std::string_view expression);

private:
  friend class Matcher;
  struct Free {
    void operator()(pcre2_real_code_8 *code) const;
  };
  std::unique_ptr<pcre2_real_code_8, Free> code;
  bool isCompiled = false; // to machine code
};

/// The place where matches are written; one for each thread that uses a pattern. The pattern outlives it.
class Matcher {
public:
  explicit Matcher(const Pattern &pattern);

  enum class Outcome { Found, None, Failed };
  /// The first match at or after `from`. `text` is valid UTF-8.
  Outcome find(std::string_view text, size_t from, Extent &match);
  /// After Failed: the expression takes too long or too much memory on this text.
  Error failure() const;

private:
  struct Free {
    void operator()(pcre2_real_match_data_8 *data) const;
  };
  const Pattern &pattern;
  std::unique_ptr<pcre2_real_match_data_8, Free> data;
  int status = 0;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_PATTERN_H
