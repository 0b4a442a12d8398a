// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What published files call things, where it differs from the names that model files declare. One table per family.

#ifndef TERN_RUNTIME_IO_NAMES_NAMES_H
#define TERN_RUNTIME_IO_NAMES_NAMES_H

#include <span>
#include <string_view>

namespace tern::rt {

// A tensor that published files hold but that is no parameter: left out with a note, unless the program declares that
// name.
struct Buffer {
  std::string_view suffix; // of the name, after prefixes are stripped
  size_t rank;             // the rank of the buffer; a tensor of another rank is not this buffer
  std::string_view reason;
};

// A tensor that repeats another one, bit for bit: left out with a note, unless the program declares it.
struct TiedCopy {
  std::string_view name;
  std::string_view original;
};

struct NameTable {
  std::string_view family;
  std::span<const Buffer> buffers;
  std::span<const TiedCopy> tiedCopies;
};

std::span<const NameTable> nameTables();

// The name without a leading "transformer." or "model.".
std::string_view stripPrefix(std::string_view name);

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_NAMES_NAMES_H
