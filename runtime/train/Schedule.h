// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The learning rate of a step: linear warm-up, then constant or a cosine down to a tenth of the peak. A pure function
// of its fields, so that a resumed run sees the same rates.

#ifndef TERN_RUNTIME_TRAIN_SCHEDULE_H
#define TERN_RUNTIME_TRAIN_SCHEDULE_H

#include <cstdint>

namespace tern::rt {

struct Schedule {
  enum class Kind { Constant, Cosine };

  Kind kind = Kind::Cosine;
  double peak = 1e-3;
  int64_t warmup = 0;
  int64_t steps = 0;

  /// The rate of `step`, which counts from 1.
  double at(int64_t step) const;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_SCHEDULE_H
