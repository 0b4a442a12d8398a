// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The flags of `train`. A flag that is a setting has the name that visitSettings gives it.

#include "runtime/cli/Flags.h"

#include <CLI/CLI.hpp>

namespace tern::rt {

static void addRunFlags(CLI::App &command, TrainOptions &options) {
  CLI::Option *out = command.add_option("--out", options.out, "Folder for checkpoints")->type_name("DIR");
  CLI::Option *weights =
      command.add_option("--weights", options.weights, "Start from these weights instead of random ones")
          ->type_name("PATH");
  command.add_flag("--resume", options.resume, "Continue the run in --out exactly where its checkpoint is")
      ->needs(out)
      ->excludes(weights);
  command.add_flag("--allow-inexact-resume", options.allowInexactResume,
                   "Continue although program, data or settings differ");
  command.add_option("--val", options.data.validation, "Validation file (default: the last 10 % of the data)")
      ->type_name("FILE");
  command.add_option("--seconds", options.seconds, "Stop after this time; without --steps, as many steps as fit in it")
      ->check(above(0));
  command
      .add_option("--plot", options.plot,
                  "Draw the loss curve, at every save and at the end (default: loss.svg in --out)")
      ->type_name("FILE.svg");
}

static void addCadenceFlags(CLI::App &command, TrainOptions &options) {
  command.add_option("--save-every", options.cadence.save, "Steps between checkpoints; 0: only at the end")
      ->capture_default_str()
      ->check(atLeast(0));
  command.add_option("--val-every", options.cadence.validate, "Steps between validations; 0: only at the end")
      ->capture_default_str()
      ->check(atLeast(0));
  command.add_option("--val-batches", options.validationBatches, "Batches of one validation; 0: the whole split")
      ->capture_default_str()
      ->check(atLeast(0));
  command.add_option("--sample-every", options.cadence.sample, "Steps between samples of text; 0: never")
      ->capture_default_str()
      ->check(atLeast(0));
  command
      .add_option("--log-every", options.logEvery,
                  "Steps between lines (default: about a hundred lines; 1 with --json)")
      ->check(above(0));
}

static void addSettingFlags(CLI::App &command, TrainOptions &options) {
  TrainSettings &settings = options.settings;
  command.add_option("--steps", settings.steps, "Optimizer steps")->capture_default_str()->check(above(0));
  command
      .add_option("--lr", settings.learningRate,
                  "Peak learning rate (default: 1e-3; sgd, nesterov, adafactor 1e-2; lion 1e-4)")
      ->check(atLeast(0));
  command
      .add_option("--warmup", settings.warmup, "Steps of linear warm-up (default: steps / 20, at most 200; sgd, nesterov none)")
      ->check(atLeast(0));
  command
      .add_option("--schedule", settings.schedule,
                  "Rates after the warm-up: constant; linear or cosine, down to --min-lr; wsd (stays, then linear in the last "
                  "--decay-steps); inverse-sqrt")
      ->capture_default_str()
      ->check(CLI::IsMember({"constant", "linear", "cosine", "wsd", "inverse-sqrt"}));
  command.add_option("--min-lr", settings.minimumRate, "What the schedule ends at (default: cosine a tenth of --lr, others 0)")
      ->check(atLeast(0));
  command.add_option("--decay-steps", settings.decaySteps, "wsd: steps of the decay (default: a fifth of --steps)")
      ->check(above(0));
  command.add_option("--accumulate", settings.accumulate, "Micro-batches of one step")
      ->capture_default_str()
      ->check(between(1, 1 << 20));
  command.add_option("--seed", settings.seed, "Seed of parameters, batches and dropout")->capture_default_str();
  command.add_option("--clip", settings.clip, "Largest gradient norm; 0: no clipping (default: 1; sgd, nesterov 0)")
      ->check(atLeast(0));
  command.add_option("--weight-decay", settings.weightDecay, "Decay of matrices (default: 0.1; lion 1; adam, adafactor, sgd, nesterov 0)")
      ->check(atLeast(0));
  command.add_flag("--decay-all", options.decayAll, "Decay biases and norms as well");
  command.add_option("--beta1", settings.beta1, "Decay of the first moment (adam, adamw, muon, lion)")
      ->capture_default_str()
      ->check(between(0, 1));
  command.add_option("--beta2", settings.beta2, "Decay of the second moment; lion: of the momentum (default: 0.999, lion 0.99)")
      ->check(between(0, 1));
  command.add_option("--epsilon", settings.epsilon, "Added to the root (adam, adamw, muon)")
      ->capture_default_str()
      ->check(atLeast(0));
  command.add_option("--momentum", settings.momentum, "Momentum of sgd, nesterov and muon (default: 0, 0.9, 0.95)")
      ->check(between(0, 1));
  command.add_option("--ema-decay", settings.averageDecay, "Of the moving average of the weights (ternc --ema)")
      ->capture_default_str()
      ->check(between(0, 1));
}

void addTrainCommand(CLI::App &app, TrainOptions &options) {
  CLI::App *command = app.add_subcommand("train", "Train on texts, tables or one fixed batch");
  addDataFlags(*command, options.data);
  addBatchFlags(*command, options.batch);
  addRunFlags(*command, options);
  addSettingFlags(*command, options);
  addCadenceFlags(*command, options);
  addMachineFlags(*command, options.machine);
}

std::set<std::string> givenSettings(const CLI::App &train) {
  std::set<std::string> given;
  visitSettings([&](const char *name, auto) {
    const CLI::Option *option = train.get_option_no_throw(std::string("--") + name);
    if (option && option->count() > 0)
      given.insert(name);
  });
  if (train.count("--decay-all") > 0)
    given.insert("vector-decay");
  return given;
}

} // namespace tern::rt
