// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The registry of batch sources.

#include "runtime/data/BatchSource.h"

#include "runtime/core/Files.h"
#include "runtime/data/DefaultText.h"
#include "runtime/data/Kinds.h"

#include <algorithm>

namespace tern::rt {

Result<std::string> readCorpus(const DataOptions &options) {
  if (options.files.empty())
    return std::string(defaultText());
  std::string corpus;
  auto append = [&](const std::string &path) -> Status {
    TERN_ASSIGN(MappedFile file, MappedFile::open(path));
    corpus += file.text();
    return success();
  };
  for (const std::string &path : options.files)
    TERN_TRY(append(path));
  if (!options.validationFile.empty())
    TERN_TRY(append(options.validationFile));
  return corpus;
}

Result<TokenShape> tokenShape(const tern_entry &entry) {
  const tern_tensor *tokens = findInput(entry, "tokens"), *targets = findInput(entry, "targets");
  if (!tokens || tokens->rank != 2 || tokens->dtype != TERN_I32 || tokens->shape[0] < 1 || tokens->shape[1] < 1)
    return error("entry '", entry.name, "' has no input 'tokens' of shape (batch, sequence) and type i32");
  if (targets && (targets->rank != 2 || targets->dtype != TERN_I32 || targets->bytes != tokens->bytes ||
                  targets->shape[0] != tokens->shape[0]))
    return error("'targets' of entry '", entry.name, "' has shape ", shapeText(shapeOf(*targets)),
                 ", but 'tokens' has ", shapeText(shapeOf(*tokens)));
  return TokenShape{tokens->shape[0], tokens->shape[1]};
}

Result<std::span<int32_t>> tokenInput(Session &session, const tern_entry &entry, std::string_view role,
                                      TokenShape shape) {
  TERN_ASSIGN(std::span<int32_t> ids, session.input<int32_t>(entry, role));
  if (static_cast<int64_t>(ids.size()) != shape.batch * shape.seq)
    return error("'", role, "' of entry '", entry.name, "' holds ", ids.size(), " ids, but the data was opened for ",
                 shape.batch, " sequences of ", shape.seq);
  return ids;
}

static bool isJson(std::string_view path) { return path.ends_with(".jsonl") || path.ends_with(".json"); }

// Whether the files are JSON; all of them, or none.
static Result<bool> areJson(const DataOptions &options) {
  std::vector<std::string> files = options.files;
  if (!options.validationFile.empty())
    files.push_back(options.validationFile);
  auto count = std::ranges::count_if(files, isJson);
  if (count > 0 && count < std::ssize(files))
    return error("'", *std::ranges::find_if(files, isJson), "' holds JSON, '", *std::ranges::find_if_not(files, isJson),
                 "' text; give files of one kind");
  return count > 0;
}

// Several short examples in a row is for language models; a text is one stream that fills its rows.
// `kind`: null where the data are no examples.
static Status checkPacking(const DataOptions &options, OpenExamples *kind) {
  if (!options.pack || kind == openDialogues)
    return success();
  return error("--pack puts several examples of JSON lines into a row for a language model; ",
               kind == openText ? "a text fills its rows without it" : "this data needs a row for each");
}

static bool isRandom(const DataOptions &options) { return options.files.size() == 1 && options.files[0] == "random"; }

// By what the entry reads, the objective, and the names of the files.
static OpenExamples *chooseExamples(bool isJson, const Program &program, const tern_entry &entry) {
  if (findInput(entry, "source"))
    return openTranslations;
  if (findInput(entry, "positive_tokens"))
    return openSimilar;
  if (findInput(entry, "labels"))
    return openLabelled;
  if (program.manifest().objective == std::string_view("masked-lm"))
    return openMasked;
  return isJson ? openDialogues : openText;
}

Result<std::unique_ptr<BatchSource>> openData(const DataOptions &options, const Program &program,
                                              const tern_entry &entry, const Tokenizer *tokenizer) {
  bool fractionIsValid = options.validationFraction >= 0 && options.validationFraction < 1;
  if (!fractionIsValid)
    return error("the validation fraction must be at least 0 and below 1, not ", options.validationFraction);
  bool isTable = findInput(entry, "features");
  if (isTable || isRandom(options))
    TERN_TRY(checkPacking(options, nullptr));
  if (isTable)
    return openCsv(options, entry);
  if (!findInput(entry, "tokens"))
    return error("entry '", entry.name, "' has neither 'tokens' (text) nor 'features' (CSV) to read data into");
  if (isRandom(options))
    return openRandom(program, entry);
  if (!tokenizer)
    return error("text needs a tokenizer; give --tokenizer bytes, chars or a file");
  TERN_ASSIGN(bool isJson, areJson(options));
  OpenExamples *kind = chooseExamples(isJson, program, entry);
  TERN_TRY(checkPacking(options, kind));
  return kind(options, program, entry, *tokenizer);
}

} // namespace tern::rt
