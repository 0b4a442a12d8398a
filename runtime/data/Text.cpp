// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text: files are tokenised once, one after the other; targets are the next tokens. Random batches start anywhere in
// the training split; ordered batches cut a split into windows, so that every token but the first is a target exactly
// once.

#include "runtime/core/Files.h"
#include "runtime/core/Random.h"
#include "runtime/data/DefaultText.h"
#include "runtime/data/Kinds.h"
#include "runtime/data/TokenArray.h"

#include <algorithm>

namespace tern::rt {

namespace {

// Tokenises piece by piece, so that the wide ids of a large file never exist all at once.
class Reader {
public:
  Reader(const Tokenizer &tokenizer, const Program &program)
      : tokenizer(tokenizer), vocabulary(program.manifest().vocab) {}

  Status append(std::string_view text, const std::string &name, TokenArray &tokens) {
    for (size_t at = 0; at < text.size();) {
      std::string_view piece = text.substr(at, pieceBytes(text.substr(at)));
      ids.clear();
      if (Status encoded = tokenizer.encode(piece, ids); !encoded.ok())
        return error("'", name, "', in the piece that starts at byte ", at, ": ", encoded.message());
      TERN_TRY(checkIds(name));
      tokens.append(ids);
      at += piece.size();
    }
    return success();
  }

private:
  // About a megabyte, cut behind a line; of a longer line between characters (before a byte that does not continue one).
  static size_t pieceBytes(std::string_view text) {
    constexpr size_t limit = 1u << 20;
    if (text.size() <= limit)
      return text.size();
    if (size_t line = text.rfind('\n', limit - 1); line != text.npos)
      return line + 1;
    size_t end = limit;
    while (end > limit - 4 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80)
      --end;
    return end;
  }

  Status checkIds(const std::string &name) const {
    for (int32_t id : ids)
      if (vocabulary > 0 && (id < 0 || id >= vocabulary))
        return error("'", name, "' holds token ", id, ", but the program's vocabulary has ", vocabulary,
                     " entries (tokenizer '", tokenizer.name(), "' has ", tokenizer.vocabularySize(),
                     "); compile the model with a larger vocabulary (ternc --define vocab=N) or use another tokenizer");
    return success();
  }

  const Tokenizer &tokenizer;
  int64_t vocabulary;
  std::vector<int32_t> ids;
};

class TextSource : public BatchSource {
public:
  TextSource(TokenArray train, TokenArray validation, int64_t trainEnd, TokenShape shape, std::string summary)
      : first(std::move(train)), second(std::move(validation)), trainEnd(trainEnd), shape(shape),
        summary(std::move(summary)) {}

  std::string description() const override { return summary; }
  int64_t itemsPerBatch() const override { return shape.batch * shape.seq; }

  Status fillRandom(const BatchKey &key, Session &session, const tern_entry &entry) override {
    TERN_ASSIGN(auto tokens, tokenInput(session, entry, "tokens", shape));
    uint64_t random = randomKey({key.seed, key.step, key.microbatch});
    uint64_t starts = static_cast<uint64_t>(trainEnd - shape.seq);
    std::vector<int32_t> window(shape.seq + 1);
    for (int64_t row = 0; row < shape.batch; ++row) {
      first.copy(static_cast<int64_t>(randomBelow(random, row, starts)), window);
      TERN_TRY(writeRow(session, entry, tokens, row, window));
    }
    return success();
  }

  int64_t orderedBatches(Split split) const override {
    int64_t targets = std::max<int64_t>(range(split).size() - 1, 0);
    int64_t perBatch = shape.batch * shape.seq;
    return (targets + perBatch - 1) / perBatch;
  }

  Result<int64_t> fillOrdered(Split split, int64_t index, Session &session, const tern_entry &entry) override {
    TERN_ASSIGN(auto tokens, tokenInput(session, entry, "tokens", shape));
    Range part = range(split);
    int64_t counted = 0;
    for (int64_t row = 0; row < shape.batch; ++row) {
      int64_t begin = std::min(part.begin + (index * shape.batch + row) * shape.seq, part.end);
      std::vector<int32_t> window(std::min(shape.seq + 1, part.end - begin));
      part.tokens->copy(begin, window);
      TERN_TRY(writeRow(session, entry, tokens, row, window));
      counted += std::max<int64_t>(static_cast<int64_t>(window.size()) - 1, 0);
    }
    return counted;
  }

private:
  struct Range {
    const TokenArray *tokens;
    int64_t begin, end;
    int64_t size() const { return end - begin; }
  };

  Range range(Split split) const {
    if (split == Split::Train)
      return {&first, 0, trainEnd};
    return second.size() ? Range{&second, 0, second.size()} : Range{&first, trainEnd, first.size()};
  }

  // Up to seq + 1 ids; what is missing is token 0 with an ignored target.
  Status writeRow(Session &session, const tern_entry &entry, std::span<int32_t> tokens, int64_t row,
                  std::span<const int32_t> window) const {
    int64_t known = std::max<int64_t>(static_cast<int64_t>(window.size()) - 1, 0);
    std::span<int32_t> line = tokens.subspan(row * shape.seq, shape.seq);
    std::ranges::fill(line, 0);
    std::ranges::copy(window.first(known), line.begin());
    if (!findInput(entry, "targets"))
      return success();
    TERN_ASSIGN(auto targets, tokenInput(session, entry, "targets", shape));
    line = targets.subspan(row * shape.seq, shape.seq);
    std::ranges::fill(line, ignoredTarget);
    std::ranges::copy(window.last(known), line.begin());
    return success();
  }

  TokenArray first, second;
  int64_t trainEnd; // training tokens are first[0, trainEnd)
  TokenShape shape;
  std::string summary;
};

} // namespace

static Status readFiles(const std::vector<std::string> &files, Reader &reader, TokenArray &tokens) {
  for (const std::string &path : files) {
    TERN_ASSIGN(MappedFile file, MappedFile::open(path));
    TERN_TRY(reader.append(file.text(), path, tokens));
  }
  return success();
}

static std::string summarize(const DataOptions &options, int64_t train, int64_t validation) {
  std::string files = options.files.empty()       ? "the default text"
                      : options.files.size() == 1 ? options.files[0]
                                                  : std::to_string(options.files.size()) + " files";
  std::string text = files + ": " + std::to_string(train) + " training tokens, ";
  return text + (validation > 1 ? std::to_string(validation) + " for validation" : "none for validation");
}

Result<std::unique_ptr<BatchSource>> openText(const DataOptions &options, const Program &program,
                                              const tern_entry &entry, const Tokenizer &tokenizer) {
  TERN_ASSIGN(TokenShape shape, tokenShape(entry));
  Reader reader(tokenizer, program);
  TokenArray first(tokenizer.vocabularySize()), second(tokenizer.vocabularySize());
  if (options.files.empty())
    TERN_TRY(reader.append(defaultText(), "the default text", first));
  TERN_TRY(readFiles(options.files, reader, first));
  if (!options.validationFile.empty()) {
    TERN_TRY(readFiles({options.validationFile}, reader, second));
    if (second.size() < 2)
      return error("'", options.validationFile, "' has ", second.size(), " tokens, too few to validate on");
  }
  double kept = options.validationFile.empty() ? 1 - options.validationFraction : 1;
  int64_t trainEnd = static_cast<int64_t>(static_cast<double>(first.size()) * kept);
  std::string summary = summarize(options, trainEnd, second.size() ? second.size() : first.size() - trainEnd);
  if (trainEnd < shape.seq + 1)
    return error(summary, ", but one sequence needs ", shape.seq + 1,
                 "; give more text or compile the model with a smaller --seq");
  return std::unique_ptr<BatchSource>(
      std::make_unique<TextSource>(std::move(first), std::move(second), trainEnd, shape, std::move(summary)));
}

} // namespace tern::rt
