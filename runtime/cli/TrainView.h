// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `train` shows: a progress bar on a terminal, plain lines in a file, one JSON object a line for machines.

#ifndef TERN_RUNTIME_CLI_TRAINVIEW_H
#define TERN_RUNTIME_CLI_TRAINVIEW_H

#include "runtime/train/Plot.h"
#include "runtime/train/Progress.h"
#include "runtime/train/Trainer.h"

#include <chrono>
#include <string>

namespace tern::rt {

struct TrainViewOptions {
  bool json = false;
  bool isTerminal = false;
  int64_t firstStep = 0, lastStep = 0;
  int64_t logEvery = 1;
  int64_t itemsPerStep = 0;
  std::string itemName = "tokens"; // or "rows"
};

class TrainView {
public:
  explicit TrainView(const TrainViewOptions &options);

  void note(const std::string &text); // left out with --json
  void step(const StepReport &report);
  void validation(int64_t step, double loss);
  void sample(int64_t step, const std::string &text);
  void saved(int64_t step, const std::string &path);
  void finish(const std::vector<PlotPoint> &losses);

private:
  void stepJson(const StepReport &report);
  void drawBar(const StepReport &report);
  void clearBar();

  TrainViewOptions options;
  Progress progress;
  std::chrono::steady_clock::time_point lastDrawn{};
  bool hasBar = false;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_TRAINVIEW_H
