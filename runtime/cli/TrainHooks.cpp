// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens between the steps of a run: reports, validation, samples, checkpoints, plots.

#include "runtime/cli/MeanLoss.h"
#include "runtime/cli/Setup.h"
#include "runtime/cli/TextStream.h"
#include "runtime/cli/TrainRun.h"
#include "runtime/core/Files.h"

#include <algorithm>

namespace tern::rt {

/// A curve needs no more points; which steps are kept depends on the settings only, so that a resumed run keeps the
/// same.
static constexpr int64_t kHistoryPoints = 5000;

Status TrainRun::fill(int64_t step, int64_t microbatch, const tern_entry &entry) {
  if (fixedBatch)
    return fixedBatch->fill(*session, entry);
  BatchKey key{options.settings.seed, static_cast<uint64_t>(step), static_cast<uint64_t>(microbatch)};
  return source->fillRandom(key, *session, entry);
}

Status TrainRun::report(const StepReport &report) {
  state.step = report.step;
  int64_t stride = std::max<int64_t>(1, state.settings.steps / kHistoryPoints);
  if (report.step % stride == 0 || report.step == 1)
    state.losses.push_back({report.step, report.loss});
  view->step(report);
  return success();
}

bool TrainRun::canValidate() const {
  return source && session->program().findEntry("loss") && source->orderedBatches(Split::Validation) > 0;
}

Status TrainRun::validate(int64_t step) {
  if (interrupted())
    return success(); // save at once
  TERN_ASSIGN(MeanLoss mean, meanLoss(*session, *source, Split::Validation, options.validationBatches));
  state.validationLosses.push_back({step, mean.loss});
  view->validation(step, mean.loss);
  return success();
}

Status TrainRun::sample(int64_t step) {
  TextRequest request;
  request.maxTokens = 120;
  request.sampler.temperature = 0.8;
  request.sampler.seed = static_cast<uint64_t>(step);
  std::string text;
  auto collect = [&](std::string_view piece) {
    text += piece;
    return !interrupted();
  };
  Result<int64_t> count = streamText(*session, *tokenizer, request, collect);
  if (!count.ok())
    return count.takeError();
  view->sample(step, text);
  return success();
}

Status TrainRun::save(int64_t step) {
  TERN_ASSIGN(std::string path, saveCheckpoint(options.out, state, *session));
  view->saved(step, path);
  return drawPlot();
}

Status TrainRun::drawPlot() {
  std::string path = options.plot.empty() && !options.out.empty() ? options.out + "/loss.svg" : options.plot;
  if (path.empty())
    return success();
  std::string title = state.model + ", " + withSeparators(session->program().parameterElements()) + " parameters: loss";
  return writeFile(
      path, plotSvg(title, {{"training", "#3b6fb6", state.losses}, {"validation", "#d1662b", state.validationLosses}}));
}

bool TrainRun::isOutOfTime() const {
  std::chrono::duration<double> spent = std::chrono::steady_clock::now() - startTime;
  return options.seconds > 0 && spent.count() >= options.seconds;
}

bool TrainRun::canSample() const {
  bool isCausal = session->manifest().objective == std::string_view("causal-lm");
  return tokenizer && isCausal && session->program().findEntry("forward");
}

TrainHooks TrainRun::hooks() {
  TrainHooks hooks;
  hooks.report = [this](const StepReport &one) { return report(one); };
  if (canValidate())
    hooks.validate = [this](int64_t step) { return validate(step); };
  if (canSample())
    hooks.sample = [this](int64_t step) { return sample(step); };
  if (!options.out.empty())
    hooks.save = [this](int64_t step) { return save(step); };
  hooks.shouldStop = [this] { return interrupted() || isOutOfTime(); };
  return hooks;
}

} // namespace tern::rt
