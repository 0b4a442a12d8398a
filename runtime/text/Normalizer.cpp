// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The normal forms are utf8proc's. Text that is all ASCII is in every normal form already.

#include "runtime/text/Normalizer.h"

#include <algorithm>
#include <cstdlib>
#include <utf8proc.h>

namespace tern::rt {

static bool isAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 128; });
}

static utf8proc_option_t formOf(NormalizerStep::Kind kind) {
  using Kind = NormalizerStep::Kind;
  int form = UTF8PROC_STABLE;
  form |= kind == Kind::Nfc || kind == Kind::Nfkc ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  form |= kind == Kind::Nfkc || kind == Kind::Nfkd ? UTF8PROC_COMPAT : 0;
  return static_cast<utf8proc_option_t>(form);
}

static Status applyForm(std::string &text, NormalizerStep::Kind kind) {
  if (isAscii(text))
    return success();
  utf8proc_uint8_t *result = nullptr;
  utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t *>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &result, formOf(kind));
  if (size < 0)
    return error("the text has no Unicode normal form: ", utf8proc_errmsg(size));
  text.assign(reinterpret_cast<const char *>(result), static_cast<size_t>(size));
  std::free(result);
  return success();
}

static std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string result;
  size_t from = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, from)) {
    result.append(text.substr(from, at - from)).append(by);
    from = at + what.size();
  }
  return result.append(text.substr(from));
}

Result<std::string> Normalizer::apply(std::string_view text) const {
  std::string result(text);
  for (const NormalizerStep &step : steps) {
    if (step.kind == NormalizerStep::Kind::Prepend)
      result.insert(0, step.text);
    else if (step.kind == NormalizerStep::Kind::Replace)
      result = replaced(result, step.text, step.by);
    else if (step.kind == NormalizerStep::Kind::LeadingSpace)
      result.insert(0, result.starts_with(' ') ? "" : " ");
    else
      TERN_TRY(applyForm(result, step.kind));
  }
  return result;
}

} // namespace tern::rt
