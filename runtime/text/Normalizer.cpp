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

static void append(std::string &text, utf8proc_int32_t character) {
  utf8proc_uint8_t bytes[4];
  utf8proc_ssize_t count = utf8proc_encode_char(character, bytes);
  text.append(reinterpret_cast<const char *>(bytes), static_cast<size_t>(count));
}

// The text with every character replaced by what `change` appends for it.
template <typename Change>
static std::string changed(std::string_view text, Change change) {
  std::string result;
  result.reserve(text.size());
  auto at = reinterpret_cast<const utf8proc_uint8_t *>(text.data()), end = at + text.size();
  for (utf8proc_int32_t character = 0; at < end;) {
    at += utf8proc_iterate(at, end - at, &character);
    change(result, character);
  }
  return result;
}

// Control and unassigned characters go; what separates becomes a space.
static void appendClean(std::string &text, utf8proc_int32_t character) {
  utf8proc_category_t category = utf8proc_category(character);
  bool isSpace = (character >= 9 && character <= 13) || character == 0x85 || category == UTF8PROC_CATEGORY_ZS ||
                 category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
  bool isOther = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_CN ||
                 category == UTF8PROC_CATEGORY_CO;
  bool isKept = character == '\t' || character == '\n' || character == '\r' || !isOther;
  if (isKept && character != 0xfffd)
    append(text, isSpace ? ' ' : character);
}

// The blocks that BERT counts as Chinese.
static bool isIdeograph(utf8proc_int32_t character) {
  constexpr std::pair<utf8proc_int32_t, utf8proc_int32_t> blocks[] = {
      {0x4e00, 0x9fff},   {0x3400, 0x4dbf},   {0x20000, 0x2a6df}, {0x2a700, 0x2b73f},
      {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf}, {0xf900, 0xfaff},   {0x2f800, 0x2fa1f}};
  return std::ranges::any_of(blocks, [&](const auto &block) { return character >= block.first && character <= block.second; });
}

static std::string changedBy(NormalizerStep::Kind kind, std::string_view text) {
  switch (kind) {
  case NormalizerStep::Kind::Clean:
    return changed(text, appendClean);
  case NormalizerStep::Kind::SpaceIdeographs:
    return changed(text, [](std::string &result, utf8proc_int32_t character) {
      bool isSpaced = isIdeograph(character);
      result.append(isSpaced ? " " : "");
      append(result, character);
      result.append(isSpaced ? " " : "");
    });
  case NormalizerStep::Kind::StripAccents:
    return changed(text, [](std::string &result, utf8proc_int32_t character) {
      if (utf8proc_category(character) != UTF8PROC_CATEGORY_MN)
        append(result, character);
    });
  default:
    return changed(text, [](std::string &result, utf8proc_int32_t character) { append(result, utf8proc_tolower(character)); });
  }
}

/// What a file asks for may not make a text much longer than NFKD does, which is 18 times.
static bool isTooLong(const std::string &result, std::string_view text) { return result.size() > 64 * text.size() + 4096; }

Result<std::string> Normalizer::apply(std::string_view text) const {
  std::string result(text);
  for (const NormalizerStep &step : steps) {
    if (isTooLong(result, text))
      return error("the tokenizer's normalizer makes ", text.size(), " bytes of text longer than ", result.size());
    if (step.kind == NormalizerStep::Kind::Prepend)
      result.insert(0, step.text);
    else if (step.kind == NormalizerStep::Kind::Replace)
      result = replaced(result, step.text, step.by);
    else if (step.kind == NormalizerStep::Kind::LeadingSpace)
      result.insert(0, result.starts_with(' ') ? "" : " ");
    else if (step.kind >= NormalizerStep::Kind::Clean)
      result = changedBy(step.kind, result);
    else
      TERN_TRY(applyForm(result, step.kind));
  }
  return result;
}

} // namespace tern::rt
