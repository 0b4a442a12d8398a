// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a command line asks for, as plain data: the commands read these, only Flags.cpp and TrainFlags.cpp know the
// flags.

#ifndef TERN_RUNTIME_CLI_OPTIONS_H
#define TERN_RUNTIME_CLI_OPTIONS_H

#include "runtime/generate/Sampler.h"
#include "runtime/generate/Translator.h"
#include "runtime/train/Settings.h"
#include "runtime/train/Trainer.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tern::rt {

struct MachineOptions {
  unsigned threads = 0; // 0: all cores
  bool json = false;
};

struct DataFlags {
  std::vector<std::string> files; // none: the embedded default text
  std::string validation;
  std::string tokenizer; // empty: the checkpoint's, else the program's default
  bool randomTokens = false;
  bool pack = false;
};

/// One batch from a file, and single values.
struct BatchFlags {
  std::string input;
  std::vector<std::string> renames; // ROLE=NAME: the tensor NAME of the file is the input ROLE
  std::vector<std::string> sets;    // NAME=VALUE: a parameter or an input, every element
};

struct TrainOptions {
  MachineOptions machine;
  DataFlags data;
  BatchFlags batch;
  TrainSettings settings;
  std::set<std::string> given; // the settings that stand on the command line
  TrainCadence cadence{100, 0, 500};
  int64_t validationBatches = 32; // 0: all
  int64_t logEvery = 0;           // 0: about a hundred lines
  double seconds = 0;             // 0: no limit
  bool decayAll = false;
  bool resume = false;
  bool allowInexactResume = false;
  std::string weights, out, plot;
};

struct TokenizeOptions {
  std::string weights, tokenizer, text, file;
  bool onlyCount = false, json = false;
};

struct GenerateOptions {
  MachineOptions machine;
  SamplerOptions sampler;
  BeamOptions beam; // of encoder-decoders
  std::string weights, tokenizer, prompt;
  std::vector<std::string> stops;
  int64_t maxTokens = 200;
};

struct EvalOptions {
  MachineOptions machine;
  DataFlags data;
  BeamOptions beam;
  std::string weights;
};

struct GradOptions {
  MachineOptions machine;
  BatchFlags batch;
  std::string weights, out;
  uint64_t seed = 1;
};

struct ForwardOptions {
  MachineOptions machine;
  BatchFlags batch;
  std::string weights, out;
  std::vector<int64_t> steps; // tokens of a row's prompt, by turns; none: the forward entry
};

struct BenchOptions {
  MachineOptions machine;
  int64_t repeats = 5;
  double seconds = 1; // per entry
  bool profile = false, everyRegion = false;
  std::vector<std::string> entries; // none: all
  bool fromInput = false;           // read entries from standard input as they come
};

struct Options {
  std::string command; // "info", "train", ...
  MachineOptions info;
  TrainOptions train;
  GenerateOptions generate;
  TokenizeOptions tokenize;
  EvalOptions eval;
  GradOptions grad;
  ForwardOptions forward;
  BenchOptions bench;
};

/// Fills `options`. A value is the exit status of a command line that is done: 0 after --help, 2 after a usage error.
std::optional<int> parseCommandLine(int argc, const char *const *argv, Options &options);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_OPTIONS_H
