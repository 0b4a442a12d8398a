// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The learning rate of a step: linear warm-up, then one of five shapes. A pure function of its fields, so that a resumed
// run sees the same rates.

#ifndef TERN_RUNTIME_TRAIN_SCHEDULE_H
#define TERN_RUNTIME_TRAIN_SCHEDULE_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace tern::rt {

struct Schedule {
  enum class Kind {
    Constant,
    Linear,      // falls evenly to the floor
    Cosine,      // half a cosine down to the floor (Loshchilov and Hutter 2016)
    Stable,      // the peak, then evenly to the floor in the last `decay` steps (warm-up-stable-decay, Hu et al. 2024)
    InverseRoot, // peak sqrt(warmup / step) (Vaswani et al. 2017)
  };

  Kind kind = Kind::Cosine;
  double peak = 1e-3;
  double floor = 1e-4; // of linear, cosine and stable
  int64_t warmup = 0;
  int64_t steps = 0;
  int64_t decay = 0; // of stable

  /// The rate of `step`, which counts from 1.
  double at(int64_t step) const;
  /// Whether the rates of early steps depend on how many there will be.
  static bool dependsOnSteps(Kind kind) { return kind != Kind::Constant && kind != Kind::InverseRoot; }
};

/// "constant", "linear", "cosine", "wsd" or "inverse-sqrt"; nothing for another name.
std::optional<Schedule::Kind> scheduleKind(std::string_view name);

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_SCHEDULE_H
