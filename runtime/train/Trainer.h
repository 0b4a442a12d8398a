// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The training loop: micro-batches through the grad entry, one update, and what is due between steps. Knows no data, no
// files and no terminal: those come in as hooks.

#ifndef TERN_RUNTIME_TRAIN_TRAINER_H
#define TERN_RUNTIME_TRAIN_TRAINER_H

#include "runtime/core/Session.h"
#include "runtime/train/Settings.h"

#include <functional>
#include <optional>

namespace tern::rt {

struct StepReport {
  int64_t step; // counts from 1
  double loss;  // mean over the micro-batches
  double learningRate;
  std::optional<double> gradientNorm; // before clipping
  double seconds;
};

/// Writes the data inputs of the grad entry for one micro-batch of a step.
using BatchFill = std::function<Status(int64_t step, int64_t microbatch, const tern_entry &grad)>;

class Trainer {
public:
  static Result<Trainer> create(Session &session, const TrainSettings &settings, BatchFill fill);

  /// One optimizer step. Fails without touching the parameters when the loss is not a finite number.
  Result<StepReport> step(int64_t step);

private:
  Trainer(Session &session, const TrainSettings &settings, BatchFill fill, const tern_entry &grad,
          const tern_entry &update);
  Result<double> accumulateGradients(int64_t step);
  Status applyUpdate(int64_t step, double learningRate);

  Session *session;
  TrainSettings settings;
  Schedule schedule;
  BatchFill fill;
  const tern_entry *grad;
  const tern_entry *update;
};

/// How often things happen, in steps; 0 is never. Validation and saving also happen after the last step.
struct TrainCadence {
  int64_t validate = 0;
  int64_t sample = 0;
  int64_t save = 0;
};

/// What the loop calls. All but `report` may be empty.
struct TrainHooks {
  std::function<Status(const StepReport &)> report;
  std::function<Status(int64_t step)> validate;
  std::function<Status(int64_t step)> sample;
  std::function<Status(int64_t step)> save;
  std::function<bool()> shouldStop; // asked after every step
};

/// Steps firstStep + 1 to lastStep. Returns the last step that was done; it is saved and validated also when stopped
/// early.
Result<int64_t> runTraining(Trainer &trainer, int64_t firstStep, int64_t lastStep, const TrainCadence &cadence,
                            const TrainHooks &hooks);

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_TRAINER_H
