// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PCRE2 in Unicode mode, compiled to machine code where the machine permits it; the interpreter gives the same matches.

#include "runtime/text/Pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <new>
#include <pcre2.h>
#include <string>

namespace tern::rt {

static std::string messageOf(int status) {
  unsigned char text[256] = {};
  pcre2_get_error_message(status, text, sizeof(text));
  return reinterpret_cast<const char *>(text);
}

// The libraries that tokenizers are published with take \s as the Unicode property White_Space; PCRE2's \s has U+180E too.
static std::string withUnicodeSpaces(std::string_view expression) {
  std::string result;
  for (size_t at = 0; at < expression.size(); ++at) {
    bool isEscape = expression[at] == '\\' && at + 1 < expression.size();
    if (!isEscape) {
      result += expression[at];
      continue;
    }
    char letter = expression[++at];
    if (letter == 's' || letter == 'S')
      result += letter == 's' ? "\\p{White_Space}" : "\\P{White_Space}";
    else
      result += {'\\', letter};
  }
  return result;
}

static const std::string heapLimit = "(*LIMIT_HEAP=262144)"; // KiB; hostile expressions ask for more

void Pattern::Free::operator()(pcre2_real_code_8 *code) const { pcre2_code_free(code); }
void Matcher::Free::operator()(pcre2_real_match_data_8 *data) const { pcre2_match_data_free(data); }

Result<Pattern> Pattern::compile(std::string_view expression) {
  std::string text = heapLimit + withUnicodeSpaces(expression);
  int status = 0;
  size_t place = 0;
  Pattern pattern;
  pattern.code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &status, &place, nullptr));
  if (!pattern.code)
    return error("not a regular expression: ", messageOf(status), ", near \"",
                 text.substr(heapLimit.size(), place - std::min(place, heapLimit.size())), "\"");
  pattern.isCompiled = pcre2_jit_compile(pattern.code.get(), PCRE2_JIT_COMPLETE) == 0;
  return pattern;
}

Matcher::Matcher(const Pattern &pattern)
    : pattern(pattern), data(pcre2_match_data_create_from_pattern(pattern.code.get(), nullptr)) {
  if (!data)
    throw std::bad_alloc();
}

Matcher::Outcome Matcher::find(std::string_view text, size_t from, Extent &match) {
  auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  status = PCRE2_ERROR_JIT_STACKLIMIT;
  if (pattern.isCompiled)
    status = pcre2_jit_match(pattern.code.get(), subject, text.size(), from, 0, data.get(), nullptr);
  if (status == PCRE2_ERROR_JIT_STACKLIMIT) // the interpreter keeps its stack on the heap
    status = pcre2_match(pattern.code.get(), subject, text.size(), from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data.get(), nullptr);
  if (status < 0)
    return status == PCRE2_ERROR_NOMATCH ? Outcome::None : Outcome::Failed;
  const size_t *places = pcre2_get_ovector_pointer(data.get());
  match = {places[0], places[1]};
  // \K can make a match begin behind its end or before `from`.
  if (match.begin < from || match.end < match.begin) {
    status = PCRE2_ERROR_BADOFFSET;
    return Outcome::Failed;
  }
  return Outcome::Found;
}

Error Matcher::failure() const {
  return error("the regular expression of the tokenizer cannot be applied to this text: ", messageOf(status));
}

} // namespace tern::rt
