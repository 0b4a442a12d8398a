// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of every compiled program, apart from `train`. Help texts are the reference documentation of the
// flags.

#include "runtime/cli/Flags.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>

namespace tern::rt {

/// A check of one number; `range` completes "must be ...".
static CLI::Validator numberCheck(const std::string &range, std::function<bool(double)> accepts) {
  auto check = [range, accepts](std::string &text) -> std::string {
    double value = 0;
    if (CLI::detail::lexical_cast(text, value) && accepts(value))
      return "";
    return "must be " + range + ", not '" + text + "'";
  };
  return CLI::Validator(check, "");
}

static std::string shortText(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

CLI::Validator atLeast(double low) {
  return numberCheck("a number of at least " + shortText(low), [low](double value) { return value >= low; });
}

CLI::Validator above(double low) {
  return numberCheck("a number above " + shortText(low), [low](double value) { return value > low; });
}

CLI::Validator between(double low, double high) {
  return numberCheck("a number from " + shortText(low) + " to " + shortText(high),
                     [low, high](double value) { return value >= low && value <= high; });
}

void addMachineFlags(CLI::App &command, MachineOptions &options) {
  command.add_option("--threads", options.threads, "Threads to compute with (default: all cores)")
      ->check(between(1, 64));
  command.add_flag("--json", options.json, "Print one JSON object a line");
}

void addDataFlags(CLI::App &command, DataFlags &data) {
  command
      .add_option("--data", data.files,
                  "Text, JSON lines, TSV or CSV files, by what the program reads (default: the embedded text)")
      ->type_name("FILE");
  command.add_option("--tokenizer", data.tokenizer, "bytes, chars, words, or a tokenizer file")->type_name("KIND");
  command.add_flag("--random-tokens", data.randomTokens, "Token ids drawn uniformly from the vocabulary, no text");
  command.add_flag("--pack", data.pack,
                   "Several examples of JSON lines in a row: they follow one another, separated by the end token; "
                   "attention sees what stands before, positions count on");
}

void addBatchFlags(CLI::App &command, BatchFlags &batch) {
  command.add_option("--input", batch.input, "Tensors by role: a .safetensors file, or {\"role\": numbers} as .json")
      ->type_name("FILE");
  command.add_option("--rename", batch.renames, "The tensor NAME of the file is the input ROLE (repeatable)")
      ->type_name("ROLE=NAME");
  command.add_option("--set", batch.sets, "Set a parameter or an input to VALUE (repeatable)")->type_name("NAME=VALUE");
}

static CLI::Option *addWeights(CLI::App &command, std::string &weights) {
  return command.add_option("--weights", weights, "A .safetensors file, a model folder, or the --out of a training")
      ->type_name("PATH");
}

static void addSamplerFlags(CLI::App &command, SamplerOptions &sampler) {
  command.add_option("--temperature", sampler.temperature, "0 is greedy")
      ->capture_default_str()
      ->check(between(0, 100));
  command.add_option("--top-k", sampler.topK, "Keep the K likeliest tokens; 0: all")
      ->capture_default_str()
      ->check(atLeast(0));
  command.add_option("--top-p", sampler.topP, "Keep the likeliest tokens of total probability P")
      ->capture_default_str()
      ->check(between(0, 1));
  command.add_option("--min-p", sampler.minP, "Keep tokens of at least this fraction of the likeliest")
      ->capture_default_str()
      ->check(between(0, 1));
  command.add_option("--repeat-penalty", sampler.repeatPenalty, "Weaken tokens that are in the context; 1: none")
      ->capture_default_str()
      ->check(above(0));
  command.add_option("--seed", sampler.seed, "Seed of the draws")->capture_default_str();
}

static void addBeamFlags(CLI::App &command, BeamOptions &beam) {
  command.add_option("--beam", beam.beams, "Encoder-decoders: beams of the search, at most --slots of ternc; 1: greedy")
      ->capture_default_str()
      ->check(between(1, 64));
  command.add_option("--length-penalty", beam.lengthPenalty, "Encoder-decoders: 0 favours short texts, 1 long ones")
      ->capture_default_str()
      ->check(atLeast(0));
}

static void addGenerateCommand(CLI::App &app, GenerateOptions &options) {
  CLI::App *command = app.add_subcommand("generate", "Continue a text; with an encoder-decoder, translate each line");
  addWeights(*command, options.weights)->required();
  command->add_option("--tokenizer", options.tokenizer, "bytes, chars, words, or a file (default: the checkpoint's)");
  command->add_option("--prompt", options.prompt, "The text to continue; - reads standard input")->required();
  command->add_option("--max-tokens", options.maxTokens, "How many tokens to add")
      ->capture_default_str()
      ->check(atLeast(0));
  command->add_option("--stop", options.stops, "End before this text (repeatable)")->type_name("TEXT");
  addSamplerFlags(*command, options.sampler);
  addBeamFlags(*command, options.beam);
  addMachineFlags(*command, options.machine);
}

static void addTokenizeCommand(CLI::App &app, TokenizeOptions &options) {
  CLI::App *command = app.add_subcommand("tokenize", "The token ids of a text");
  command->add_option("--tokenizer", options.tokenizer, "bytes, chars, words, or a file (default: the checkpoint's, else the program's)");
  addWeights(*command, options.weights);
  CLI::Option *text = command->add_option("--text", options.text, "The text");
  CLI::Option *file = command->add_option("--data", options.file, "A file whose content is the text")->type_name("FILE");
  text->excludes(file);
  command->add_flag("--count", options.onlyCount, "Only how many tokens, of how many bytes, and how fast");
  command->add_flag("--json", options.json, "Print one JSON object");
}

static void addEvalCommand(CLI::App &app, EvalOptions &options) {
  CLI::App *command = app.add_subcommand("eval", "Mean loss over data, perplexity of texts, and how often the model is right");
  addWeights(*command, options.weights)->required();
  addDataFlags(*command, options.data);
  addBeamFlags(*command, options.beam);
  addMachineFlags(*command, options.machine);
}

static void addGradCommand(CLI::App &app, GradOptions &options) {
  CLI::App *command = app.add_subcommand("grad", "Loss and gradients of one batch");
  addWeights(*command, options.weights);
  addBatchFlags(*command, options.batch);
  command->add_option("--out", options.out, "Write loss and gradients as safetensors")->type_name("FILE");
  command->add_option("--seed", options.seed, "Seed of the initial parameters (without --weights)")
      ->capture_default_str();
  addMachineFlags(*command, options.machine);
}

static void addForwardCommand(CLI::App &app, ForwardOptions &options) {
  CLI::App *command = app.add_subcommand("forward", "Outputs of the model for given inputs");
  addWeights(*command, options.weights);
  addBatchFlags(*command, options.batch);
  command->add_option("--out", options.out, "Write the outputs as safetensors")->type_name("FILE")->required();
  command
      ->add_option("--steps", options.steps, "The logits as generation computes them: the first N tokens of a row in chunks, the others "
                                             "one by one; several N: by turns, one per row")
      ->type_name("N")
      ->delimiter(',');
  addMachineFlags(*command, options.machine);
}

static void addBenchCommand(CLI::App &app, BenchOptions &options) {
  CLI::App *command = app.add_subcommand("bench", "Time every entry point against the machine's ceilings");
  command->add_option("--repeats", options.repeats, "At least this many timed runs")
      ->capture_default_str()
      ->check(above(0));
  command->add_option("--seconds", options.seconds, "At least this long per entry point")
      ->capture_default_str()
      ->check(atLeast(0));
  CLI::Option *profile = command->add_flag("--profile", options.profile, "Where the time goes, by kernel class");
  command->add_flag("-v,--verbose", options.everyRegion, "With --profile: every region, with its place in the model")
      ->needs(profile);
  command->add_option("--entry", options.entries, "Only this entry, or train_step (repeatable)")->type_name("NAME");
  command->add_flag("--from-input", options.fromInput, "Time what each line of standard input names, as it comes");
  addMachineFlags(*command, options.machine);
}

std::optional<int> parseCommandLine(int argc, const char *const *argv, Options &options) {
  CLI::App app("A compiled Tern program: one model, ready to train and to run.");
  app.require_subcommand(1);
  CLI::App *info = app.add_subcommand("info", "Architecture, entry points, memory plan");
  info->add_flag("--json", options.info.json, "Print one JSON object");
  addTrainCommand(app, options.train);
  addGenerateCommand(app, options.generate);
  addTokenizeCommand(app, options.tokenize);
  addEvalCommand(app, options.eval);
  addGradCommand(app, options.grad);
  addForwardCommand(app, options.forward);
  addBenchCommand(app, options.bench);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &failure) {
    return app.exit(failure) == 0 ? 0 : 2;
  }
  options.command = app.get_subcommands().front()->get_name();
  if (options.command == "train")
    options.train.given = givenSettings(*app.get_subcommand("train"));
  return std::nullopt;
}

} // namespace tern::rt
