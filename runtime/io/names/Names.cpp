// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The registry of name tables.

#include "runtime/io/names/Names.h"

#include "runtime/io/names/Bert.h"
#include "runtime/io/names/Gpt2.h"
#include "runtime/io/names/Llama.h"
#include "runtime/io/names/T5.h"

namespace tern::rt {

static constexpr NameTable tables[] = {bertNames, gpt2Names, llamaNames, t5Names};

std::span<const NameTable> nameTables() { return tables; }

std::string_view stripPrefix(std::string_view name) {
  for (std::string_view prefix : {"transformer.", "model."})
    if (name.starts_with(prefix) && name.size() > prefix.size())
      return name.substr(prefix.size());
  return name;
}

} // namespace tern::rt
