// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How far a run is: smoothed loss and speed, and the time that is left. Only numbers; cli/ draws them.

#ifndef TERN_RUNTIME_TRAIN_PROGRESS_H
#define TERN_RUNTIME_TRAIN_PROGRESS_H

#include <cstdint>

namespace tern::rt {

class Progress {
public:
  /// The run goes from after `firstStep` to `lastStep`.
  Progress(int64_t firstStep, int64_t lastStep) : first(firstStep), last(lastStep), current(firstStep) {}

  void update(int64_t step, double loss, int64_t items, double seconds);

  double fraction() const;
  double smoothLoss() const { return loss; }
  double itemsPerSecond() const { return rate; }
  double secondsLeft() const;

private:
  int64_t first, last, current;
  double loss = 0;
  double rate = 0;
  double secondsPerStep = 0;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_PROGRESS_H
