// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How files of byte-level tokenizers write bytes: printable Latin-1 as it is, the other 68 from U+0100 on ("Ġ" is a space).

#ifndef TERN_RUNTIME_TEXT_BYTEALPHABET_H
#define TERN_RUNTIME_TEXT_BYTEALPHABET_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tern::rt {

std::string letterOf(uint8_t byte); // UTF-8
/// The bytes that these letters stand for; nothing when one is no letter of the alphabet.
std::optional<std::string> bytesOf(std::string_view letters);

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_BYTEALPHABET_H
