// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one example of a JSON file says, as turns: what is only read, and what is to be learned. Messages become text by
// a template.

#ifndef TERN_RUNTIME_DATA_TURNS_H
#define TERN_RUNTIME_DATA_TURNS_H

#include "runtime/data/Corpus.h"

#include <array>
#include <nlohmann/json_fwd.hpp>

namespace tern::rt {

struct Turn {
  std::string text;
  bool isLearned; // ends with the end token
};

enum class Speaker { System, User, Assistant };

// What stands around the messages of each speaker. What the assistant says ends with the end token, which is learned
// like the text; `after` follows it. A family of published models has a template of its own: one more value of this
// type.
struct ChatTemplate {
  std::array<std::string_view, 3> before, after;
};

constexpr ChatTemplate plainChat{{"<|system|>\n", "<|user|>\n", "<|assistant|>\n"}, {"\n", "\n", ""}};

Result<std::vector<Turn>> turnsOf(const nlohmann::json &object, const ChatTemplate &chat, const Place &place);

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_TURNS_H
