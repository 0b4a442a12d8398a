// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The signal handler only sets a flag and is installed for one signal: the default action of the next one ends the
// process.

#include "runtime/cli/Setup.h"

#include "runtime/core/Files.h"
#include "runtime/io/Weights.h"
#include "runtime/train/Checkpoint.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <sys/resource.h>

namespace tern::rt {

Status fillParameters(Session &session, const std::string &weights, uint64_t seed) {
  if (!weights.empty()) {
    WeightNotes notes;
    TERN_TRY(loadTensors(resolveWeights(weights), Section::Values, session, &notes));
    for (const std::string &line : notes.lines)
      std::fprintf(stderr, "note: %s\n", line.c_str());
    return success();
  }
  TERN_ASSIGN(const tern_entry *init, session.program().entry("init"));
  TERN_TRY(session.setOptionalScalar(*init, "seed", static_cast<int64_t>(seed)));
  return session.call(*init);
}

/// The folder of our own checkpoint that weights belong to, or "". A published model folder has no state.json.
static std::string checkpointOf(const std::string &weights) {
  if (weights.empty())
    return "";
  std::string folder = weights;
  if (size_t slash = folder.rfind('/'); folder.ends_with(".safetensors"))
    folder = slash == std::string::npos ? "." : folder.substr(0, slash);
  folder = resolveWeights(folder);
  return fileExists(folder + "/state.json") ? folder : "";
}

/// The file of that name beside the weights, where published models keep their tokenizer; else the name.
static std::string besideWeights(const std::string &name, const std::string &weights) {
  std::error_code ignored;
  std::filesystem::path folder(weights);
  if (!std::filesystem::is_directory(folder, ignored))
    folder = folder.parent_path();
  std::string file = (folder / name).string();
  return !weights.empty() && name.find('.') != std::string::npos && fileExists(file) ? file : name;
}

static std::string savedTokenizer(const std::string &weights) {
  std::string folder = checkpointOf(weights);
  return !folder.empty() && fileExists(folder + "/tokenizer.json") ? folder + "/tokenizer.json" : "";
}

Result<std::vector<std::string>> savedClasses(const std::string &weights) {
  std::string folder = checkpointOf(weights);
  if (folder.empty())
    return std::vector<std::string>();
  TERN_ASSIGN(CheckpointState state, readCheckpoint(folder));
  return std::move(state.classes);
}

Result<std::unique_ptr<Tokenizer>> chooseTokenizer(const std::string &flag, const std::string &weights,
                                                   const Program &program, const DataOptions &corpus) {
  std::string spec = flag;
  if (spec.empty())
    spec = savedTokenizer(weights);
  if (spec.empty())
    spec = besideWeights(program.manifest().tokenizer ? program.manifest().tokenizer : "", weights);
  if (spec.empty())
    spec = "bytes";
  std::string text;
  if (spec == "chars" || spec == "words") {
    auto isJson = [](const std::string &path) { return path.ends_with(".jsonl") || path.ends_with(".json"); };
    if (std::ranges::any_of(corpus.files, isJson))
      return error("--tokenizer ", spec, " takes its ", spec, " from plain text, not from JSON; use --tokenizer bytes or a file");
    TERN_ASSIGN(text, readCorpus(corpus));
  }
  int64_t vocabulary = program.manifest().vocab;
  TERN_ASSIGN(std::unique_ptr<Tokenizer> tokenizer, makeTokenizer(spec, text, vocabulary));
  if (vocabulary > 0 && tokenizer->vocabularySize() > vocabulary)
    return error("the tokenizer '", spec, "' has ", tokenizer->vocabularySize(), " tokens, the model was compiled for ",
                 vocabulary,
                 "; choose another --tokenizer, or compile with --define vocab=", tokenizer->vocabularySize());
  return tokenizer;
}

DataOptions dataOptions(const DataFlags &flags) {
  DataOptions options;
  options.files = flags.randomTokens ? std::vector<std::string>{"random"} : flags.files;
  options.validationFile = flags.validation;
  options.pack = flags.pack;
  return options;
}

std::string fingerprint(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a
  for (unsigned char byte : text)
    hash = (hash ^ byte) * 0x100000001b3;
  char digits[17];
  std::snprintf(digits, sizeof(digits), "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

Result<std::string> dataFingerprint(const DataFlags &flags) {
  if (flags.randomTokens)
    return std::string("random");
  TERN_ASSIGN(std::string text, readCorpus(dataOptions(flags)));
  std::string result = fingerprint(text);
  if (!flags.validation.empty()) {
    TERN_ASSIGN(MappedFile validation, MappedFile::open(flags.validation));
    result += "-" + fingerprint(validation.text());
  }
  return flags.pack ? result + ", packed" : result;
}

bool takesTokens(const tern_entry &entry) { return findInput(entry, "tokens") != nullptr; }

static volatile std::sig_atomic_t interruptFlag = 0;

static void onInterrupt(int) { interruptFlag = 1; }

void watchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = onInterrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return interruptFlag != 0; }

uint64_t peakResidentBytes() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

std::string withSeparators(uint64_t value) {
  std::string digits = std::to_string(value);
  for (ptrdiff_t place = static_cast<ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<size_t>(place), ",");
  return digits;
}

} // namespace tern::rt
