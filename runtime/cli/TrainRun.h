// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run of `train`, from the command line to the last checkpoint: binds data, trainer, checkpoints and view.

#ifndef TERN_RUNTIME_CLI_TRAINRUN_H
#define TERN_RUNTIME_CLI_TRAINRUN_H

#include "runtime/cli/InputBatch.h"
#include "runtime/cli/Options.h"
#include "runtime/cli/TrainView.h"
#include "runtime/data/BatchSource.h"
#include "runtime/train/Checkpoint.h"

#include <chrono>
#include <memory>
#include <optional>

namespace tern::rt {

class TrainRun {
public:
  explicit TrainRun(const TrainOptions &options) : options(options) {}

  Status run(const tern_manifest &manifest);

private:
  Status prepare(const tern_manifest &manifest);
  Status openSource();
  Status start();
  Status resume();
  Status chooseStepsForTime();
  void openView();
  TrainHooks hooks();

  Status fill(int64_t step, int64_t microbatch, const tern_entry &grad);
  Status report(const StepReport &report);
  Status validate(int64_t step);
  Status sample(int64_t step);
  Status save(int64_t step);
  Status drawPlot();
  bool canValidate() const;
  bool canSample() const; // text that goes on
  bool isOutOfTime() const;

  TrainOptions options;
  std::unique_ptr<Session> session;
  const tern_entry *grad = nullptr;
  std::unique_ptr<Tokenizer> tokenizer; // null without text
  std::unique_ptr<BatchSource> source;  // null with --input
  std::optional<InputBatch> fixedBatch; // with --input
  CheckpointState state;
  std::unique_ptr<TrainView> view;
  std::chrono::steady_clock::time_point startTime{};
};

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_TRAINRUN_H
