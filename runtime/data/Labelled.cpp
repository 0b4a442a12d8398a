// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts with a label, one a line: text, tab, label. Classes are those that the weights know, else the distinct labels
// of the files, numbers by value and words by alphabet; a number is a label of its own kind in a regression. A first
// line that says "text" or "sentence" and "label" is a header.

#include "runtime/data/Corpus.h"
#include "runtime/data/Kinds.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

namespace tern::rt {

namespace {

struct LabelledText {
  std::vector<int32_t> ids;
  std::string label;
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

using Classes = std::vector<std::string>;

class LabelledSet : public ExampleSet {
public:
  LabelledSet(Divided<LabelledText> texts, std::vector<double> numbers, Classes names, std::string summary,
              std::string remarks)
      : ExampleSet(std::move(summary), std::move(remarks)), texts(std::move(texts)), numbers(std::move(numbers)),
        names(std::move(names)) {}

  Classes classes() const override { return names; }
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
  Classes names;               // none of a regression
};

std::string listOf(const Classes &classes) {
  constexpr size_t shown = 8;
  std::string text;
  for (size_t index = 0; index < std::min(classes.size(), shown); ++index)
    text += (index ? ", " : " (") + std::to_string(index) + " " + shortened(classes[index]);
  return text + (classes.size() > shown ? ", ...)" : ")");
}

class LabelledReader {
public:
  LabelledReader(const DataOptions &options, const Encoder &encoder, int64_t length, bool isClass)
      : options(options), encoder(encoder), length(length), isClass(isClass) {}

  Status parse(std::string_view text, const std::string *path, std::vector<LabelledText> &texts) {
    return forEachLine(text, path, [&](std::string_view row, const Place &place) -> Status {
      if (row.empty())
        return success();
      std::vector<std::string_view> columns = splitTabs(row);
      if (columns.size() < 2 || columns[1].empty())
        return error(placeText(place), " has no label: expected a text, a tab and a label");
      if (place.line == 1 && isHeader(columns))
        return success();
      TERN_TRY(checkLabel(columns[1], place));
      TERN_ASSIGN(std::vector<int32_t> ids, encoder.encode(columns[0], place));
      cut += static_cast<int64_t>(ids.size()) > length;
      ids.resize(std::min(ids.size(), static_cast<size_t>(length)));
      texts.push_back({std::move(ids), std::string(columns[1])});
      return success();
    });
  }

  // The classes of what was read.
  Classes classes(const Divided<LabelledText> &texts) const {
    if (!isClass)
      return {};
    if (!options.classes.empty() && !hasOthers)
      return options.classes;
    std::set<std::string, LabelOrder> distinct;
    for (const LabelledText &text : texts.items)
      distinct.insert(text.label);
    return {distinct.begin(), distinct.end()};
  }

  int64_t cut = 0; // texts longer than the input

private:
  Status checkLabel(std::string_view label, const Place &place) {
    if (!isClass && !numberOf(label))
      return error(placeText(place), " has the label '", shortened(label), "', but a regression needs numbers");
    bool isOther =
        isClass && !options.classes.empty() && std::ranges::find(options.classes, label) == options.classes.end();
    hasOthers |= isOther;
    if (isOther && !options.mayRenumber)
      return error(placeText(place), " has the label '", shortened(label),
                   "', but the weights were trained with the classes", listOf(options.classes),
                   "; give data with these labels");
    return success();
  }

  const DataOptions &options;
  const Encoder &encoder;
  int64_t length;
  bool isClass, hasOthers = false;
};

} // namespace

// One number per text: itself, or the place of its label among the classes.
static std::vector<double> numbersOf(const Divided<LabelledText> &texts, const Classes &classes) {
  std::map<std::string_view, double> places;
  for (const std::string &name : classes)
    places.emplace(name, static_cast<double>(places.size()));
  std::vector<double> numbers;
  for (const LabelledText &text : texts.items)
    numbers.push_back(classes.empty() ? *numberOf(text.label) : places.at(text.label));
  return numbers;
}

// As many classes as the program tells apart.
static Status checkCount(const DataOptions &options, const Program &program, const Classes &classes) {
  const tern_entry *forward = program.findEntry("forward");
  const tern_tensor *logits = forward ? findOutput(*forward, "logits") : nullptr;
  if (classes.empty() || !logits || logits->rank != 2 || static_cast<int64_t>(classes.size()) == logits->shape[1])
    return success();
  return error(
      filesText(options), " has ", classes.size(), " classes", listOf(classes), ", the program tells ",
      logits->shape[1],
      " apart; a class is the place of its label among all labels, so every class must occur in the data: compile the "
      "model with as many classes, or add lines of those that are missing");
}

static std::string summarize(const DataOptions &options, const Divided<LabelledText> &texts, const Classes &classes) {
  std::string text = filesText(options) + ": " + std::to_string(texts.size(Split::Train)) + " training texts, " +
                     std::to_string(texts.size(Split::Validation)) + " for validation";
  if (!classes.empty())
    text += ", " + std::to_string(classes.size()) + " classes" + listOf(classes);
  return text;
}

Result<std::unique_ptr<BatchSource>> openLabelled(const DataOptions &options, const Program &program, const tern_entry &entry,
                                                  const Tokenizer &tokenizer) {
  Encoder encoder(tokenizer, program);
  const tern_tensor *labels = findInput(entry, "labels");
  bool isClass = labels && labels->dtype == TERN_I32;
  if (labels && labels->bytes != static_cast<uint64_t>(labels->shape[0]) * elementBytes(labels->dtype))
    return error("'labels' of entry '", entry.name, "' has shape ", shapeText(shapeOf(*labels)), ", but a line has one label");
  TERN_ASSIGN(int64_t length, lengthOf(entry, "tokens"));
  LabelledReader reader(options, encoder, length, isClass);
  auto parse = [&](std::string_view text, const std::string *path, std::vector<LabelledText> &texts) {
    return reader.parse(text, path, texts);
  };
  TERN_ASSIGN(
      Divided<LabelledText> texts,
      readDivided<LabelledText>(
          options, "this program reads labelled texts: give --data FILE.tsv, a text, a tab and a label a line", parse));
  Classes classes = reader.classes(texts);
  TERN_TRY(checkCount(options, program, classes));
  std::vector<double> numbers = numbersOf(texts, classes);
  std::string summary = summarize(options, texts, classes);
  auto set = std::make_unique<LabelledSet>(std::move(texts), std::move(numbers), std::move(classes), std::move(summary),
                                           cutText(reader.cut));
  return makeExampleSource(std::move(set), entry, encoder.padding());
}

} // namespace tern::rt
