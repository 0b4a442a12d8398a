// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kinds of examples share: files of lines and of tab-separated columns, texts as ids that the program accepts,
// and the split into training and validation.

#ifndef TERN_RUNTIME_DATA_CORPUS_H
#define TERN_RUNTIME_DATA_CORPUS_H

#include "runtime/data/Example.h"

namespace tern::rt {

// A list that is training data up to `trainCount`, then validation.
template <typename T>
struct Divided {
  std::vector<T> items;
  int64_t trainCount = 0;

  int64_t size(Split split) const {
    return split == Split::Train ? trainCount : static_cast<int64_t>(items.size()) - trainCount;
  }
  const T &at(Split split, int64_t index) const { return items[split == Split::Train ? index : trainCount + index]; }
};

// Where a text came from, for messages.
struct Place {
  const std::string *file; // null: the default text
  int64_t line;            // counts from 1
  const char *unit = "line";
};
std::string placeText(const Place &place);
// The beginning of a text that may be long, for messages.
std::string shortened(std::string_view text);

// Reads the training files, then the validation file; without one the last validationFraction of the items is held back.
// `parse(text, file, items)` appends what a file holds. Without files the default text is read, or `needs` says what to
// give.
template <typename T, typename Parse>
Result<Divided<T>> readDivided(const DataOptions &options, const char *needs, Parse parse);

// Calls `visit` for every line, without its CR LF or LF. A line with a NUL byte or with what is not UTF-8 is an error.
Status forEachLine(std::string_view text, const std::string *path,
                   const std::function<Status(std::string_view line, const Place &place)> &visit);
// The columns of a line.
std::vector<std::string_view> splitTabs(std::string_view line);

// Encodes texts for a program and refuses ids beyond its vocabulary.
class Encoder {
public:
  Encoder(const Tokenizer &tokenizer, const Program &program)
      : tokenizer(tokenizer), vocabulary(program.manifest().vocab) {}

  Result<std::vector<int32_t>> encode(std::string_view text, const Place &place) const;
  // An error when the program has no room for the ids behind the vocabulary of the tokenizer.
  Result<int32_t> special(SpecialToken token) const;
  // The padding of data that has no use for special tokens.
  int32_t padding() const;
  int64_t limit() const { return vocabulary > 0 ? vocabulary : tokenizer.vocabularySize(); }
  // Ids that are text.
  int64_t textIds() const { return tokenizer.vocabularySize(); }

private:
  const Tokenizer &tokenizer;
  int64_t vocabulary;
};

// The second extent of an input (batch, length) of type i32; an error when there is none.
Result<int64_t> lengthOf(const tern_entry &entry, std::string_view role);
// "3 texts cut to the length of their input"; empty when none is.
std::string cutText(int64_t count);
// "FILE" or "3 files", or "the default text".
std::string filesText(const DataOptions &options);

// Implementation.

Status forEachFile(const std::vector<std::string> &files,
                   const std::function<Status(std::string_view text, const std::string &path)> &visit);
std::string_view defaultCorpus();

template <typename T, typename Parse>
Result<Divided<T>> readDivided(const DataOptions &options, const char *needs, Parse parse) {
  Divided<T> result;
  auto read = [&](std::string_view text, const std::string &path) { return parse(text, &path, result.items); };
  if (options.files.empty() && needs)
    return error(needs);
  if (options.files.empty())
    TERN_TRY(parse(defaultCorpus(), nullptr, result.items));
  TERN_TRY(forEachFile(options.files, read));
  auto count = static_cast<int64_t>(result.items.size());
  double held = options.validationFile.empty() ? options.validationFraction : 0;
  result.trainCount = count - static_cast<int64_t>(static_cast<double>(count) * held);
  if (options.validationFile.empty())
    return result;
  TERN_TRY(forEachFile({options.validationFile}, read));
  if (static_cast<int64_t>(result.items.size()) == count)
    return error("'", options.validationFile, "' holds no example to validate on");
  return result;
}

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_CORPUS_H
