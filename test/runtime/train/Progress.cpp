// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The figures of the progress bar.

#include "runtime/train/Progress.h"

#include <gtest/gtest.h>

namespace tern::rt {

TEST(Progress, the_first_step_sets_the_averages) {
  Progress progress(0, 10);
  progress.update(1, 4.0, 100, 2.0);
  EXPECT_DOUBLE_EQ(progress.smoothLoss(), 4.0);
  EXPECT_DOUBLE_EQ(progress.itemsPerSecond(), 50.0);
  EXPECT_DOUBLE_EQ(progress.secondsLeft(), 18.0);
  EXPECT_DOUBLE_EQ(progress.fraction(), 0.1);
}

TEST(Progress, a_resumed_run_starts_its_averages_anew) {
  Progress progress(5, 10);
  progress.update(6, 2.0, 100, 1.0);
  EXPECT_DOUBLE_EQ(progress.smoothLoss(), 2.0);
  EXPECT_DOUBLE_EQ(progress.fraction(), 0.6);
  EXPECT_DOUBLE_EQ(progress.secondsLeft(), 4.0);
}

TEST(Progress, averages_follow_slowly) {
  Progress progress(0, 100);
  progress.update(1, 10.0, 1, 1.0);
  progress.update(2, 0.0, 1, 1.0);
  EXPECT_LT(progress.smoothLoss(), 10.0);
  EXPECT_GT(progress.smoothLoss(), 9.0);
}

} // namespace tern::rt
