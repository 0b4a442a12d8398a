// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A step is a pure function of (parameters, optimizer state, settings, step number): nothing else is carried from step
// to step, which is what makes a resumed run continue bit for bit.

#include "runtime/train/Trainer.h"

#include <chrono>
#include <cmath>

namespace tern::rt {

Trainer::Trainer(Session &session, const TrainSettings &settings, BatchFill fill, const tern_entry &grad,
                 const tern_entry &update)
    : session(&session), settings(settings), schedule(settings.learningRateSchedule()), fill(std::move(fill)),
      grad(&grad), update(&update) {}

Result<Trainer> Trainer::create(Session &session, const TrainSettings &settings, BatchFill fill) {
  TERN_ASSIGN(const tern_entry *grad, session.program().entry("grad"));
  TERN_ASSIGN(const tern_entry *update, session.program().entry("update"));
  return Trainer(session, settings, std::move(fill), *grad, *update);
}

Result<double> Trainer::accumulateGradients(int64_t step) {
  double sum = 0;
  for (int64_t microbatch = 0; microbatch < settings.accumulate; ++microbatch) {
    TERN_TRY(fill(step, microbatch, *grad));
    TERN_TRY(session->setOptionalScalar(*grad, "accumulate", int64_t(microbatch > 0)));
    TERN_TRY(session->setOptionalScalar(*grad, "seed", static_cast<int64_t>(settings.seed)));
    TERN_TRY(session->setOptionalScalar(*grad, "step", step));
    TERN_TRY(session->setOptionalScalar(*grad, "microbatch", microbatch));
    TERN_TRY(session->call(*grad));
    TERN_ASSIGN(double loss, session->scalar(*grad, "loss"));
    sum += loss;
  }
  return sum / static_cast<double>(settings.accumulate);
}

Status Trainer::applyUpdate(int64_t step, double learningRate) {
  const std::pair<const char *, double> scalars[] = {
      {"learning_rate", learningRate},
      {"beta1", settings.beta1},
      {"beta2", settings.beta2},
      {"epsilon", settings.epsilon},
      {"momentum", settings.momentum},
      {"weight_decay", settings.weightDecay},
      {"vector_decay", settings.vectorDecay},
      {"clip", settings.clip},
      {"ema_decay", step == 1 ? 0 : settings.averageDecay}, // the first step starts the average
      {"scale", 1.0 / static_cast<double>(settings.accumulate)},
  };
  for (auto [role, value] : scalars)
    TERN_TRY(session->setOptionalScalar(*update, role, value));
  TERN_TRY(session->setOptionalScalar(*update, "step", step));
  return session->call(*update);
}

Result<StepReport> Trainer::step(int64_t step) {
  auto start = std::chrono::steady_clock::now();
  StepReport report{};
  report.step = step;
  report.learningRate = schedule.at(step);
  TERN_ASSIGN(report.loss, accumulateGradients(step));
  if (!std::isfinite(report.loss))
    return error("the loss of step ", step, " is ", report.loss, "; lower --lr, raise --warmup or set --clip");
  TERN_TRY(applyUpdate(step, report.learningRate));
  if (findOutput(*update, "grad_norm")) {
    TERN_ASSIGN(report.gradientNorm, session->scalar(*update, "grad_norm"));
    if (!std::isfinite(*report.gradientNorm))
      return error("the gradient norm of step ", step, " is ", *report.gradientNorm, "; lower --lr or raise --warmup");
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

static bool isDue(int64_t step, int64_t interval) { return interval > 0 && step % interval == 0; }

Result<int64_t> runTraining(Trainer &trainer, int64_t firstStep, int64_t lastStep, const TrainCadence &cadence,
                            const TrainHooks &hooks) {
  for (int64_t step = firstStep + 1; step <= lastStep; ++step) {
    TERN_ASSIGN(StepReport report, trainer.step(step));
    TERN_TRY(hooks.report(report));
    bool isLast = step == lastStep || (hooks.shouldStop && hooks.shouldStop());
    if (hooks.validate && (isLast || isDue(step, cadence.validate)))
      TERN_TRY(hooks.validate(step));
    if (hooks.sample && isDue(step, cadence.sample))
      TERN_TRY(hooks.sample(step));
    if (hooks.save && (isLast || isDue(step, cadence.save)))
      TERN_TRY(hooks.save(step));
    if (isLast)
      return step;
  }
  return firstStep;
}

} // namespace tern::rt
