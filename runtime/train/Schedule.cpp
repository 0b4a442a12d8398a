// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Warm-up reaches the peak exactly at its last step; the cosine reaches its floor exactly at the last step of the run.

#include "runtime/train/Schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tern::rt {

static constexpr double kFloorFraction = 0.1;

double Schedule::at(int64_t step) const {
  if (step < warmup)
    return peak * static_cast<double>(step) / static_cast<double>(warmup);
  if (kind == Kind::Constant || steps <= warmup)
    return peak;
  double progress = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
  progress = std::clamp(progress, 0.0, 1.0);
  double floor = kFloorFraction * peak;
  return floor + (peak - floor) * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
}

} // namespace tern::rt
