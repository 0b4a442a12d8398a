// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts with a label, one a line: text, tab, label. Classes are the distinct labels of the files, numbers by value and
// words by alphabet; a number is a label of its own kind in a regression. A first line that says "text" or "sentence" and
// "label" is a header.

#include "runtime/data/Corpus.h"
#include "runtime/data/Kinds.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace tern::rt {

namespace {

struct LabelledText {
  std::vector<int32_t> ids;
  std::string label;
  int64_t line;
};

bool isHeader(const std::vector<std::string_view> &columns) {
  return (columns[0] == "text" || columns[0] == "sentence") && columns[1] == "label";
}

std::optional<double> numberOf(std::string_view text) {
  double value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool isNumber = code == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return isNumber ? std::optional(value) : std::nullopt;
}

// Numbers before words, numbers by value.
struct LabelOrder {
  bool operator()(const std::string &a, const std::string &b) const {
    std::optional<double> x = numberOf(a), y = numberOf(b);
    if (x && y && *x != *y)
      return *x < *y;
    return x.has_value() != y.has_value() ? x.has_value() : a < b;
  }
};

class LabelledSet : public ExampleSet {
public:
  LabelledSet(Divided<LabelledText> texts, std::vector<double> numbers, std::string summary)
      : texts(std::move(texts)), numbers(std::move(numbers)), summary(std::move(summary)) {}

  std::string description() const override { return summary; }
  int64_t size(Split split) const override { return texts.size(split); }
  std::vector<std::string_view> roles() const override { return {"tokens", "lengths", "labels"}; }

  Example at(Split split, int64_t index, uint64_t) const override {
    const LabelledText &text = texts.at(split, index);
    double number = numbers[&text - texts.items.data()];
    return {{{"tokens", text.ids},
             {"lengths", {std::max<int32_t>(static_cast<int32_t>(text.ids.size()), 1)}},
             {"labels", {static_cast<int32_t>(number)}}},
            number};
  }

private:
  Divided<LabelledText> texts;
  std::vector<double> numbers; // one per text
  std::string summary;
};

} // namespace

static Result<Divided<LabelledText>> readLabelled(const DataOptions &options, const Encoder &encoder, int64_t length) {
  auto parse = [&](std::string_view text, const std::string *path, std::vector<LabelledText> &texts) -> Status {
    int64_t line = 0;
    for (std::string_view row : splitLines(text)) {
      Place place{path, ++line};
      if (row.empty())
        continue;
      std::vector<std::string_view> columns = splitTabs(row);
      if (columns.size() < 2 || columns[1].empty())
        return error(placeText(place), " has no label: expected a text, a tab and a label");
      if (line == 1 && isHeader(columns))
        continue;
      TERN_ASSIGN(std::vector<int32_t> ids, encoder.encode(columns[0], place));
      ids.resize(std::min(ids.size(), static_cast<size_t>(length)));
      texts.push_back({std::move(ids), std::string(columns[1]), line});
    }
    return success();
  };
  return readDivided<LabelledText>(
      options, "this program reads labelled texts: give --data FILE.tsv, a text, a tab and a label a line", parse);
}

// One number per text: itself, or the place of its label among `classes`.
static Result<std::vector<double>> numbersOf(const Divided<LabelledText> &texts, const std::vector<std::string> *classes) {
  std::vector<double> numbers;
  for (const LabelledText &text : texts.items) {
    if (classes) {
      numbers.push_back(static_cast<double>(std::ranges::lower_bound(*classes, text.label, LabelOrder()) - classes->begin()));
      continue;
    }
    std::optional<double> number = numberOf(text.label);
    if (!number)
      return error("line ", text.line, " of the data has the label '", text.label, "', but a regression needs numbers");
    numbers.push_back(*number);
  }
  return numbers;
}

static std::string listOf(const std::vector<std::string> &classes) {
  constexpr size_t shown = 8;
  std::string text;
  for (size_t index = 0; index < std::min(classes.size(), shown); ++index)
    text += (index ? ", " : " (") + std::to_string(index) + " " + classes[index];
  return text + (classes.size() > shown ? ", ...)" : ")");
}

Result<std::unique_ptr<BatchSource>> openLabelled(const DataOptions &options, const Program &program, const tern_entry &entry,
                                                  const Tokenizer &tokenizer) {
  Encoder encoder(tokenizer, program);
  const tern_tensor *labels = findInput(entry, "labels");
  bool isClass = labels && labels->dtype == TERN_I32;
  if (labels && labels->bytes != static_cast<uint64_t>(labels->shape[0]) * elementBytes(labels->dtype))
    return error("'labels' of entry '", entry.name, "' has shape ", shapeText(shapeOf(*labels)), ", but a line has one label");
  TERN_ASSIGN(int64_t length, lengthOf(entry, "tokens"));
  TERN_ASSIGN(Divided<LabelledText> texts, readLabelled(options, encoder, length));
  std::set<std::string, LabelOrder> distinct;
  for (const LabelledText &text : texts.items)
    distinct.insert(text.label);
  std::vector<std::string> classes(distinct.begin(), distinct.end());
  TERN_ASSIGN(std::vector<double> numbers, numbersOf(texts, isClass ? &classes : nullptr));
  const tern_entry *forward = program.findEntry("forward");
  const tern_tensor *logits = forward ? findOutput(*forward, "logits") : nullptr;
  if (isClass && logits && logits->rank == 2 && static_cast<int64_t>(classes.size()) != logits->shape[1])
    return error(filesText(options), " has ", classes.size(), " classes", listOf(classes), ", the program tells ", logits->shape[1],
                 " apart; a class is the place of its label among all labels, so every class must occur in the data: compile the "
                 "model with as many classes, or add lines of those that are missing");
  std::string summary = filesText(options) + ": " + std::to_string(texts.size(Split::Train)) + " training texts, " +
                        std::to_string(texts.size(Split::Validation)) + " for validation" +
                        (isClass ? ", " + std::to_string(classes.size()) + " classes" + listOf(classes) : "");
  return makeExampleSource(std::make_unique<LabelledSet>(std::move(texts), std::move(numbers), std::move(summary)), entry,
                           encoder.padding());
}

} // namespace tern::rt
