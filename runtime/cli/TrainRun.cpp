// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before the first step: program, data, parameters, or the checkpoint to continue from.

#include "runtime/cli/TrainRun.h"

#include "runtime/cli/Setup.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unistd.h>

namespace tern::rt {

/// Defaults of one optimizer.
struct OptimizerDefaults {
  std::string_view name;
  double learningRate, clip, weightDecay, beta2, momentum;
  int64_t longestWarmup;
};

static const OptimizerDefaults &defaultsOf(std::string_view optimizer) {
  static constexpr OptimizerDefaults table[] = {
      {"adamw", 1e-3, 1, 0.1, 0.999, 0, 200},   {"adam", 1e-3, 1, 0, 0.999, 0, 200},
      {"sgd", 1e-2, 0, 0, 0.999, 0, 0},         {"nesterov", 1e-2, 0, 0, 0.999, 0.9, 0},
      {"lion", 1e-4, 1, 1, 0.99, 0, 200},       {"adafactor", 1e-2, 1, 0, 0.999, 0, 200},
      {"muon", 1e-3, 1, 0.1, 0.999, 0.95, 200},
  };
  const auto *found = std::ranges::find_if(table, [&](const auto &row) { return row.name == optimizer; });
  return found == std::end(table) ? table[0] : *found;
}

/// What suits optimizer and schedule, for settings that do not stand on the command line.
static void applyDefaults(TrainOptions &options, std::string_view optimizer) {
  TrainSettings &settings = options.settings;
  const OptimizerDefaults &defaults = defaultsOf(optimizer);
  auto choose = [&](const char *name, auto &setting, auto value) {
    if (!options.given.count(name))
      setting = value;
  };
  choose("lr", settings.learningRate, defaults.learningRate);
  choose("clip", settings.clip, defaults.clip);
  choose("weight-decay", settings.weightDecay, defaults.weightDecay);
  choose("beta2", settings.beta2, defaults.beta2);
  choose("momentum", settings.momentum, defaults.momentum);
  choose("warmup", settings.warmup, std::min(settings.steps / 20, defaults.longestWarmup));
  choose("min-lr", settings.minimumRate, settings.schedule == "cosine" ? 0.1 * settings.learningRate : 0.0);
  choose("decay-steps", settings.decaySteps, std::max<int64_t>(settings.steps / 5, 1));
  if (options.decayAll)
    settings.vectorDecay = settings.weightDecay;
}

Status TrainRun::openSource() {
  if (!options.batch.input.empty() || !options.batch.sets.empty()) {
    TERN_ASSIGN(fixedBatch, InputBatch::open(options.batch));
    state.data = fixedBatch->fingerprint();
    return success();
  }
  const Program &program = session->program();
  DataOptions data = dataOptions(options.data);
  if (takesTokens(*grad) && !options.data.randomTokens) {
    std::string beside = options.resume ? options.out : options.weights;
    TERN_ASSIGN(tokenizer, chooseTokenizer(options.data.tokenizer, beside, program, data));
    state.tokenizer = tokenizer->description();
  }
  if (findInput(*grad, "labels")) {
    TERN_ASSIGN(data.classes, savedClasses(options.resume ? options.out : options.weights));
    data.mayRenumber = !options.resume;
  }
  TERN_ASSIGN(source, openData(data, program, *grad, tokenizer.get()));
  state.classes = source->classes();
  TERN_ASSIGN(state.data, dataFingerprint(options.data));
  return success();
}

Status TrainRun::prepare(const tern_manifest &manifest) {
  TERN_ASSIGN(session, Session::create(manifest, options.machine.threads));
  TERN_ASSIGN(grad, session->program().entry("grad"));
  TERN_ASSIGN([[maybe_unused]] const tern_entry *update, session->program().entry("update"));
  applyDefaults(options, manifest.optimizer);
  state.model = manifest.model;
  state.sourceHash = manifest.source_hash;
  state.isa = manifest.isa;
  state.compiler = manifest.compiler;
  TERN_TRY(openSource());
  if (options.cadence.sample > 0 && !canSample())
    return error("--sample-every needs a causal language model that reads text, and the objective of '", state.model, "' is ",
                 manifest.objective);
  if (options.resume)
    return resume();
  return start();
}

Status TrainRun::start() {
  if (!options.out.empty() && latestCheckpoint(options.out).ok())
    return error("'", options.out,
                 "' holds the checkpoint of a run; continue it with --resume, or choose another --out");
  TERN_TRY(fillParameters(*session, options.weights, options.settings.seed));
  if (fixedBatch)
    TERN_TRY(fixedBatch->setParameters(*session));
  if (options.seconds > 0 && !options.given.count("steps"))
    TERN_TRY(chooseStepsForTime());
  state.settings = options.settings;
  return success();
}

/// Times the grad entry, which changes no parameter, so that the schedule ends when the time does.
Status TrainRun::chooseStepsForTime() {
  constexpr int trials = 3;
  constexpr double shareOfSteps = 0.85; // the rest goes to updates, validation and saving
  double fastest = std::numeric_limits<double>::infinity();
  for (int trial = 0; trial < trials; ++trial) {
    TERN_TRY(fill(1, 0, *grad));
    auto begin = std::chrono::steady_clock::now();
    TERN_TRY(session->call(*grad));
    fastest = std::min(fastest, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  double steps = shareOfSteps * options.seconds / (fastest * static_cast<double>(options.settings.accumulate));
  options.settings.steps = static_cast<int64_t>(std::clamp(steps, 10.0, 1e9));
  applyDefaults(options, session->manifest().optimizer);
  return success();
}

Status TrainRun::resume() {
  TERN_ASSIGN(std::string checkpoint, latestCheckpoint(options.out));
  TERN_ASSIGN(CheckpointState stored, readCheckpoint(checkpoint));
  std::vector<std::string> differences = checkpointDifferences(state, stored);
  if (options.decayAll && !options.given.count("weight-decay"))
    options.settings.vectorDecay = stored.settings.weightDecay;
  for (std::string &line : adoptSettings(options.settings, options.given, stored.settings))
    differences.push_back(std::move(line));
  if (!differences.empty() && !options.allowInexactResume) {
    std::string list;
    for (const std::string &line : differences)
      list += "\n  " + line;
    return error("the run in '", checkpoint, "' cannot be continued exactly:", list,
                 "\ngive --allow-inexact-resume to continue anyway");
  }
  TERN_TRY(loadCheckpoint(checkpoint, *session));
  state.step = stored.step;
  state.losses = std::move(stored.losses);
  state.validationLosses = std::move(stored.validationLosses);
  state.settings = options.settings;
  return success();
}

void TrainRun::openView() {
  const TrainSettings &settings = state.settings;
  TrainViewOptions shown;
  shown.json = options.machine.json;
  shown.isTerminal = isatty(STDOUT_FILENO) != 0;
  shown.firstStep = state.step;
  shown.lastStep = settings.steps;
  shown.logEvery = options.logEvery > 0 ? options.logEvery
                   : shown.json         ? 1
                                        : std::max<int64_t>(1, (settings.steps - state.step) / 100);
  int64_t items =
      source ? source->itemsPerBatch() : session->manifest().batch * std::max<int64_t>(1, session->manifest().seq);
  shown.itemsPerStep = items * settings.accumulate;
  shown.itemName = takesTokens(*grad) ? "tokens" : "rows";
  view = std::make_unique<TrainView>(shown);
  view->note(std::string(session->manifest().model) + ": " + withSeparators(session->program().parameterElements()) +
             " parameters, " + (source ? source->description() : "one fixed batch") + ", " +
             std::to_string(session->threads()) + (session->threads() == 1 ? " thread, " : " threads, ") + session->manifest().isa);
  if (state.step > 0)
    view->note("continuing after step " + std::to_string(state.step));
  if (options.out.empty())
    view->note("without --out DIR the trained weights are not saved");
}

Status TrainRun::run(const tern_manifest &manifest) {
  startTime = std::chrono::steady_clock::now();
  TERN_TRY(prepare(manifest));
  openView();
  if (state.step >= state.settings.steps) {
    view->note("the run is complete: step " + std::to_string(state.step) + " of " +
               std::to_string(state.settings.steps));
    return success();
  }
  auto fillBatch = [this](int64_t step, int64_t microbatch, const tern_entry &entry) {
    return fill(step, microbatch, entry);
  };
  TERN_ASSIGN(Trainer trainer, Trainer::create(*session, state.settings, fillBatch));
  watchInterrupts();
  TERN_ASSIGN(int64_t last, runTraining(trainer, state.step, state.settings.steps, options.cadence, hooks()));
  view->finish(state.losses);
  if (interrupted())
    view->note("interrupted after step " + std::to_string(last) +
               (options.out.empty() ? "" : "; continue with --resume"));
  return drawPlot();
}

Status runTrain(const tern_manifest &manifest, const TrainOptions &options) { return TrainRun(options).run(manifest); }

} // namespace tern::rt
