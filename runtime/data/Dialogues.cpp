// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON with prompts and responses (Turns.h has the spellings), an example a line, or in a .json file an array of them.
// Only responses (all of a plain text) are to be learned: the loss ignores the rest. A response ends with the end token
// where the vocabulary has room for it.

#include "runtime/data/Kinds.h"
#include "runtime/data/Packing.h"
#include "runtime/data/Turns.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace tern::rt {

using nlohmann::json;

namespace {

class DialogueSet : public ExampleSet {
public:
  DialogueSet(Divided<Dialogue> dialogues, std::string summary, std::string remarks)
      : ExampleSet(std::move(summary), std::move(remarks)), dialogues(std::move(dialogues)) {}

  int64_t size(Split split) const override { return dialogues.size(split); }
  std::vector<std::string_view> roles() const override { return {"tokens", "lengths", "targets"}; }

  Example at(Split split, int64_t index, uint64_t) const override {
    const Dialogue &dialogue = dialogues.at(split, index);
    auto length = std::max<int32_t>(static_cast<int32_t>(dialogue.tokens.size()), 1);
    return {{{"tokens", dialogue.tokens}, {"lengths", {length}}, {"targets", dialogue.targets}}};
  }

private:
  Divided<Dialogue> dialogues;
};

// The ids of all turns, and for each whether it is learned.
class DialogueReader {
public:
  DialogueReader(const Encoder &encoder, int64_t length) : encoder(encoder), length(length) {
    if (Result<int32_t> id = encoder.special(SpecialToken::End); id.ok())
      end = *id;
  }

  Status parse(std::string_view text, const std::string *path, std::vector<Dialogue> &dialogues) {
    if (path && path->ends_with(".json"))
      return parseArray(text, path, dialogues);
    return forEachLine(text, path, [&](std::string_view row, const Place &place) -> Status {
      if (row.empty())
        return success();
      return add(json::parse(row.begin(), row.end(), nullptr, /*allow_exceptions=*/false), place, dialogues);
    });
  }

  bool hasEnd() const { return end.has_value(); }

  int64_t cut = 0, silent = 0; // longer than the input; with nothing left to learn, and so left out

private:
  Status parseArray(std::string_view text, const std::string *path, std::vector<Dialogue> &dialogues) {
    json array = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    if (!array.is_array())
      return error("'", *path, "' is no JSON array; call a file with one example a line .jsonl");
    Place place{path, 0, "example"};
    for (const json &object : array) {
      ++place.line;
      TERN_TRY(add(object, place, dialogues));
    }
    return success();
  }

  Status add(const json &object, const Place &place, std::vector<Dialogue> &dialogues) {
    TERN_ASSIGN(std::vector<Turn> turns, turnsOf(object, plainChat, place));
    std::vector<int32_t> ids;
    std::vector<bool> learned;
    for (const Turn &turn : turns) {
      TERN_ASSIGN(std::vector<int32_t> more, encoder.encode(turn.text, place));
      if (turn.isLearned && end)
        more.push_back(*end);
      ids.insert(ids.end(), more.begin(), more.end());
      learned.resize(ids.size(), turn.isLearned);
    }
    // Nothing is learned from what follows the last response.
    auto last = std::find(learned.rbegin(), learned.rend(), true).base() - learned.begin();
    add(std::span(ids).first(static_cast<size_t>(last)), learned, dialogues);
    return success();
  }

  void add(std::span<const int32_t> ids, const std::vector<bool> &learned, std::vector<Dialogue> &dialogues) {
    size_t count = std::min(ids.size(), static_cast<size_t>(length) + 1), last = count;
    cut += count < ids.size();
    while (last > 1 && !learned[last - 1])
      --last;
    if (last < 2) {
      ++silent;
      return;
    }
    Dialogue dialogue;
    for (size_t place = 0; place + 1 < last; ++place) {
      dialogue.tokens.push_back(ids[place]);
      dialogue.targets.push_back(learned[place + 1] ? ids[place + 1] : ignoredTarget);
    }
    dialogues.push_back(std::move(dialogue));
  }

  const Encoder &encoder;
  int64_t length;
  std::optional<int32_t> end;
};

std::string summarize(const DataOptions &options, const Divided<Dialogue> &dialogues) {
  return filesText(options) + ": " + std::to_string(dialogues.size(Split::Train)) + " training examples, " +
         std::to_string(dialogues.size(Split::Validation)) + " for validation";
}

void addRemark(std::string &remarks, const std::string &more) { remarks += (remarks.empty() ? "" : ", ") + more; }

std::string remarksOf(const DialogueReader &reader) {
  std::string remarks = cutText(reader.cut);
  if (reader.silent > 0)
    addRemark(remarks, std::to_string(reader.silent) + " left out (no response within --seq)");
  if (!reader.hasEnd())
    addRemark(remarks, "responses without an end (the vocabulary has no room for the end token)");
  return remarks;
}

std::string packedText(const Divided<Dialogue> &rows, int64_t length) {
  return "packed: " + std::to_string(std::llround(100 * fullness(rows, length))) + " % of the places are tokens, in " +
         std::to_string(rows.size(Split::Train)) + " rows for training, " +
         std::to_string(rows.size(Split::Validation)) + " for validation";
}

} // namespace

Result<std::unique_ptr<BatchSource>> openDialogues(const DataOptions &options, const Program &program, const tern_entry &entry,
                                                   const Tokenizer &tokenizer) {
  Encoder encoder(tokenizer, program);
  TERN_ASSIGN(TokenShape shape, tokenShape(entry));
  if (options.pack) {
    TERN_ASSIGN([[maybe_unused]] int32_t end, encoder.special(SpecialToken::End)); // separates examples
  }
  DialogueReader reader(encoder, shape.seq);
  TERN_ASSIGN(Divided<Dialogue> dialogues,
              readDivided<Dialogue>(options, nullptr, [&](std::string_view text, const std::string *path, std::vector<Dialogue> &all) {
                return reader.parse(text, path, all);
              }));
  std::string summary = summarize(options, dialogues), remarks = remarksOf(reader);
  if (options.pack) {
    dialogues = pack(dialogues, shape.seq);
    addRemark(remarks, packedText(dialogues, shape.seq));
  }
  auto set = std::make_unique<DialogueSet>(std::move(dialogues), std::move(summary), std::move(remarks));
  return makeExampleSource(std::move(set), entry, encoder.padding());
}

} // namespace tern::rt
