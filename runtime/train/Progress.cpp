// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exponential averages that start at the first value, so that early figures are not pulled towards zero.

#include "runtime/train/Progress.h"

namespace tern::rt {

static constexpr double kSmoothing = 0.95;

static void smooth(double &average, double value, bool isFirst) {
  average = isFirst ? value : kSmoothing * average + (1 - kSmoothing) * value;
}

void Progress::update(int64_t step, double stepLoss, int64_t items, double seconds) {
  bool isFirst = current == first;
  current = step;
  smooth(loss, stepLoss, isFirst);
  smooth(secondsPerStep, seconds, isFirst);
  if (seconds > 0)
    smooth(rate, static_cast<double>(items) / seconds, isFirst);
}

double Progress::fraction() const { return last > 0 ? static_cast<double>(current) / static_cast<double>(last) : 1; }

double Progress::secondsLeft() const { return secondsPerStep * static_cast<double>(last - current); }

} // namespace tern::rt
