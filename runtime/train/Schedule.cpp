// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Warm-up reaches the peak exactly at its last step; what falls reaches its floor exactly at the last step of the run.

#include "runtime/train/Schedule.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace tern::rt {

/// How much of a fall that begins after `first` and ends at `last` is done; of one without steps nothing.
static double progress(int64_t step, int64_t first, int64_t last) {
  if (last <= first)
    return 0;
  return std::clamp(static_cast<double>(step - first) / static_cast<double>(last - first), 0.0, 1.0);
}

double Schedule::at(int64_t step) const {
  if (step < warmup)
    return peak * static_cast<double>(step) / static_cast<double>(warmup);
  double height = peak - floor;
  switch (kind) {
  case Kind::Constant:
    return peak;
  case Kind::InverseRoot: {
    double first = static_cast<double>(std::max<int64_t>(warmup, 1));
    return peak * std::sqrt(first / static_cast<double>(step));
  }
  case Kind::Linear:
    return peak - height * progress(step, warmup, steps);
  case Kind::Stable:
    return peak - height * progress(step, std::max(warmup, steps - decay), steps);
  case Kind::Cosine:
    return floor + height * 0.5 * (1.0 + std::cos(std::numbers::pi * progress(step, warmup, steps)));
  }
  return peak;
}

std::optional<Schedule::Kind> scheduleKind(std::string_view name) {
  constexpr std::pair<std::string_view, Schedule::Kind> names[] = {{"constant", Schedule::Kind::Constant},
                                                                   {"linear", Schedule::Kind::Linear},
                                                                   {"cosine", Schedule::Kind::Cosine},
                                                                   {"wsd", Schedule::Kind::Stable},
                                                                   {"inverse-sqrt", Schedule::Kind::InverseRoot}};
  const auto *found = std::ranges::find_if(names, [&](const auto &pair) { return pair.first == name; });
  return found == std::end(names) ? std::nullopt : std::optional(found->second);
}

} // namespace tern::rt
