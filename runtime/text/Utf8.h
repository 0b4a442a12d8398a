// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// UTF-8, as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.

#ifndef TERN_RUNTIME_TEXT_UTF8_H
#define TERN_RUNTIME_TEXT_UTF8_H

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::rt {

enum class Utf8Kind { Character, Incomplete, Invalid };

struct Utf8Step {
  Utf8Kind kind;
  size_t bytes; // of the character; of the valid beginning of a character (Incomplete); to skip (Invalid)
};

// Looks at the front of `text`, which is not empty.
Utf8Step nextCharacter(std::string_view text);

// The number of bytes at the front that are whole characters.
size_t validPrefix(std::string_view text);

// The text with everything invalid or incomplete replaced by U+FFFD.
std::string replaceInvalid(std::string_view text);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_UTF8_H
