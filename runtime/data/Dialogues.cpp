// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON lines with prompts and responses: {"instruction", "input", "output"}, {"prompt", "completion"}, {"messages": [{"role",
// "content"}]} or {"text"}. Only responses (all of a plain text) are to be learned: the loss ignores the rest. A response
// ends with the end token where the vocabulary has room for it.

#include "runtime/data/Corpus.h"
#include "runtime/data/Kinds.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tern::rt {

using nlohmann::json;

namespace {

struct Turn {
  std::string text;
  bool isLearned;
};

struct Dialogue {
  std::vector<int32_t> tokens, targets; // targets[t] is what follows tokens[t], or ignored
};

Result<std::string> textOf(const json &object, const char *key, const Place &place) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_string())
    return error(placeText(place), ": \"", key, "\" is ", found == object.end() ? "missing" : "no text");
  return found->get<std::string>();
}

Result<std::vector<Turn>> turnsOfMessages(const json &messages, const Place &place) {
  std::vector<Turn> turns;
  for (const json &message : messages) {
    if (!message.is_object())
      return error(placeText(place), ": a message is no object with \"role\" and \"content\"");
    TERN_ASSIGN(std::string role, textOf(message, "role", place));
    TERN_ASSIGN(std::string content, textOf(message, "content", place));
    turns.push_back({"<|" + role + "|>\n", false});
    turns.push_back({content, role == "assistant"});
    if (role != "assistant")
      turns.push_back({"\n", false});
  }
  return turns;
}

Result<std::vector<Turn>> turnsOfInstruction(const json &object, const Place &place) {
  TERN_ASSIGN(std::string instruction, textOf(object, "instruction", place));
  TERN_ASSIGN(std::string output, textOf(object, "output", place));
  std::string input = object.contains("input") && object["input"].is_string() ? object["input"].get<std::string>() : "";
  std::string prompt = "### Instruction:\n" + instruction + (input.empty() ? "" : "\n\n### Input:\n" + input);
  return std::vector<Turn>{{prompt + "\n\n### Response:\n", false}, {std::move(output), true}};
}

Result<std::vector<Turn>> turnsOf(const json &object, const Place &place) {
  if (object.contains("messages") && object["messages"].is_array())
    return turnsOfMessages(object["messages"], place);
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
  return error(placeText(place), " has none of \"messages\", \"instruction\", \"prompt\" and \"text\"");
}

class DialogueSet : public ExampleSet {
public:
  DialogueSet(Divided<Dialogue> dialogues, std::string summary) : dialogues(std::move(dialogues)), summary(std::move(summary)) {}

  std::string description() const override { return summary; }
  int64_t size(Split split) const override { return dialogues.size(split); }
  std::vector<std::string_view> roles() const override { return {"tokens", "lengths", "targets"}; }

  Example at(Split split, int64_t index, uint64_t) const override {
    const Dialogue &dialogue = dialogues.at(split, index);
    auto length = std::max<int32_t>(static_cast<int32_t>(dialogue.tokens.size()), 1);
    return {{{"tokens", dialogue.tokens}, {"lengths", {length}}, {"targets", dialogue.targets}}};
  }

private:
  Divided<Dialogue> dialogues;
  std::string summary;
};

// The ids of all turns, and for each whether it is learned.
class DialogueReader {
public:
  DialogueReader(const Encoder &encoder, int64_t length) : encoder(encoder), length(length) {
    if (Result<int32_t> id = encoder.special(SpecialToken::End); id.ok())
      end = *id;
  }

  Status parse(std::string_view text, const std::string *path, std::vector<Dialogue> &dialogues) {
    int64_t line = 0;
    for (std::string_view row : splitLines(text)) {
      Place place{path, ++line};
      if (row.empty())
        continue;
      json object = json::parse(row.begin(), row.end(), nullptr, /*allow_exceptions=*/false);
      if (!object.is_object())
        return error(placeText(place), " is no JSON object");
      TERN_ASSIGN(std::vector<Turn> turns, turnsOf(object, place));
      TERN_TRY(add(turns, place, dialogues));
    }
    return success();
  }

  int64_t cut = 0, silent = 0; // longer than the input; with nothing left to learn, and so left out

private:
  Status add(const std::vector<Turn> &turns, const Place &place, std::vector<Dialogue> &dialogues) {
    std::vector<int32_t> ids;
    std::vector<bool> learned;
    for (const Turn &turn : turns) {
      TERN_ASSIGN(std::vector<int32_t> more, encoder.encode(turn.text, place));
      if (turn.isLearned && end)
        more.push_back(*end);
      ids.insert(ids.end(), more.begin(), more.end());
      learned.resize(ids.size(), turn.isLearned);
    }
    size_t count = std::min(ids.size(), static_cast<size_t>(length) + 1);
    cut += count < ids.size();
    Dialogue dialogue;
    for (size_t place = 0; place + 1 < count; ++place) {
      dialogue.tokens.push_back(ids[place]);
      dialogue.targets.push_back(learned[place + 1] ? ids[place + 1] : ignoredTarget);
    }
    bool teaches = std::ranges::any_of(dialogue.targets, [](int32_t id) { return id != ignoredTarget; });
    silent += !teaches;
    if (teaches)
      dialogues.push_back(std::move(dialogue));
    return success();
  }

  const Encoder &encoder;
  int64_t length;
  std::optional<int32_t> end;
};

} // namespace

Result<std::unique_ptr<BatchSource>> openDialogues(const DataOptions &options, const Program &program, const tern_entry &entry,
                                                   const Tokenizer &tokenizer) {
  Encoder encoder(tokenizer, program);
  TERN_ASSIGN(TokenShape shape, tokenShape(entry));
  DialogueReader reader(encoder, shape.seq);
  TERN_ASSIGN(Divided<Dialogue> dialogues,
              readDivided<Dialogue>(options, nullptr, [&](std::string_view text, const std::string *path, std::vector<Dialogue> &all) {
                return reader.parse(text, path, all);
              }));
  std::string summary = filesText(options) + ": " + std::to_string(dialogues.size(Split::Train)) + " training examples, " +
                        std::to_string(dialogues.size(Split::Validation)) + " for validation";
  if (reader.cut > 0)
    summary += ", " + std::to_string(reader.cut) + " cut";
  if (reader.silent > 0)
    summary += ", " + std::to_string(reader.silent) + " left out (no response within --seq)";
  return makeExampleSource(std::make_unique<DialogueSet>(std::move(dialogues), std::move(summary)), entry, encoder.padding());
}

} // namespace tern::rt
