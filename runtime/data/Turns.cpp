// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The spellings in which instruction data is published: {"messages": [{"role", "content"}]}, {"conversations":
// [{"from", "value"}]}, {"instruction", "input", "output"}, {"prompt", "completion"} or "response", {"text"}.

#include "runtime/data/Turns.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tern::rt {

using nlohmann::json;

static Result<std::string> textOf(const json &object, const char *key, const Place &place) {
  auto found = object.find(key);
  if (found == object.end())
    return error(placeText(place), " has no \"", key, "\"; add it, a text");
  if (!found->is_string())
    return error(placeText(place), ": \"", key, "\" is no text but ", found->type_name());
  return found->get<std::string>();
}

namespace {

// How a file spells its messages.
struct Spelling {
  const char *list, *role, *content;
};
constexpr Spelling messageSpellings[] = {{"messages", "role", "content"}, {"conversations", "from", "value"}};

} // namespace

static std::optional<Speaker> speakerOf(std::string_view role) {
  static constexpr std::pair<std::string_view, Speaker> known[] = {{"system", Speaker::System},
                                                                   {"user", Speaker::User},
                                                                   {"human", Speaker::User},
                                                                   {"assistant", Speaker::Assistant},
                                                                   {"gpt", Speaker::Assistant}};
  const auto *found = std::ranges::find(known, role, &std::pair<std::string_view, Speaker>::first);
  return found == std::end(known) ? std::nullopt : std::optional(found->second);
}

static Status addMessage(const json &message, const Spelling &spelling, const ChatTemplate &chat,
                         const std::string &where, std::vector<Turn> &turns) {
  for (const char *key : {spelling.role, spelling.content})
    if (!message.is_object() || !message.contains(key) || !message[key].is_string())
      return error(where, " has no text \"", key, "\"; a message is {\"", spelling.role, "\": \"user\", \"",
                   spelling.content, "\": \"...\"}");
  std::string role = message[spelling.role];
  std::optional<Speaker> speaker = speakerOf(role);
  if (!speaker)
    return error(
        where, " is of '", shortened(role),
        "'; a message is of system, user (or human) or assistant (or gpt): rename the role, or remove the message");
  auto index = static_cast<size_t>(*speaker);
  turns.push_back({std::string(chat.before[index]), false});
  turns.push_back({message[spelling.content], *speaker == Speaker::Assistant});
  if (!chat.after[index].empty())
    turns.push_back({std::string(chat.after[index]), false});
  return success();
}

static Result<std::vector<Turn>> turnsOfMessages(const json &messages, const Spelling &spelling,
                                                 const ChatTemplate &chat, const Place &place) {
  if (!messages.is_array())
    return error(placeText(place), ": \"", spelling.list, "\" is no array but ", messages.type_name(),
                 "; expected [{\"", spelling.role, "\": \"user\", \"", spelling.content, "\": \"...\"}, ...]");
  std::vector<Turn> turns;
  for (size_t index = 0; index < messages.size(); ++index)
    TERN_TRY(addMessage(messages[index], spelling, chat, placeText(place) + ": message " + std::to_string(index + 1),
                        turns));
  if (std::ranges::none_of(turns, &Turn::isLearned))
    return error(placeText(place),
                 " has no message of the assistant, so nothing is to be learned from it; add one, or remove the line");
  return turns;
}

static Result<std::vector<Turn>> turnsOfInstruction(const json &object, const Place &place) {
  TERN_ASSIGN(std::string instruction, textOf(object, "instruction", place));
  TERN_ASSIGN(std::string output, textOf(object, "output", place));
  std::string input;
  if (object.contains("input")) {
    TERN_ASSIGN(input, textOf(object, "input", place));
  }
  std::string prompt = "### Instruction:\n" + instruction + (input.empty() ? "" : "\n\n### Input:\n" + input);
  return std::vector<Turn>{{prompt + "\n\n### Response:\n", false}, {std::move(output), true}};
}

Result<std::vector<Turn>> turnsOf(const json &object, const ChatTemplate &chat, const Place &place) {
  if (!object.is_object())
    return error(
        placeText(place),
        " is no JSON object; expected one example a line, such as {\"prompt\": \"...\", \"completion\": \"...\"}");
  for (const Spelling &spelling : messageSpellings)
    if (object.contains(spelling.list))
      return turnsOfMessages(object[spelling.list], spelling, chat, place);
  if (object.contains("instruction"))
    return turnsOfInstruction(object, place);
  if (object.contains("text")) {
    TERN_ASSIGN(std::string text, textOf(object, "text", place));
    return std::vector<Turn>{{std::move(text), true}};
  }
  if (object.contains("prompt")) {
    TERN_ASSIGN(std::string prompt, textOf(object, "prompt", place));
    TERN_ASSIGN(std::string answer, textOf(object, object.contains("response") ? "response" : "completion", place));
    return std::vector<Turn>{{std::move(prompt), false}, {std::move(answer), true}};
  }
  return error(placeText(place),
               " has none of \"messages\", \"conversations\", \"instruction\", \"prompt\" and \"text\"");
}

} // namespace tern::rt
