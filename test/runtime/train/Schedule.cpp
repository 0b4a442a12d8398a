// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The learning rate at the corners of the schedule.

#include "runtime/train/Schedule.h"

#include <gtest/gtest.h>

namespace tern::rt {

TEST(Schedule, warms_up_linearly_and_reaches_the_peak) {
  Schedule schedule{Schedule::Kind::Cosine, 1.0, 0.1, 10, 110, 0};
  EXPECT_DOUBLE_EQ(schedule.at(1), 0.1);
  EXPECT_DOUBLE_EQ(schedule.at(5), 0.5);
  EXPECT_DOUBLE_EQ(schedule.at(10), 1.0);
}

TEST(Schedule, cosine_ends_at_the_floor) {
  Schedule schedule{Schedule::Kind::Cosine, 2.0, 0.2, 10, 110, 0};
  EXPECT_DOUBLE_EQ(schedule.at(60), 0.2 + 1.8 / 2);
  EXPECT_DOUBLE_EQ(schedule.at(110), 0.2);
  EXPECT_DOUBLE_EQ(schedule.at(500), 0.2);
}

TEST(Schedule, cosine_falls_all_the_way) {
  Schedule schedule{Schedule::Kind::Cosine, 1.0, 0.1, 0, 50, 0};
  for (int64_t step = 1; step < 50; ++step)
    EXPECT_GT(schedule.at(step), schedule.at(step + 1)) << step;
}

TEST(Schedule, constant_stays_at_the_peak_after_the_warm_up) {
  Schedule schedule{Schedule::Kind::Constant, 0.5, 0.1, 4, 8, 0};
  EXPECT_DOUBLE_EQ(schedule.at(2), 0.25);
  EXPECT_DOUBLE_EQ(schedule.at(4), 0.5);
  EXPECT_DOUBLE_EQ(schedule.at(100), 0.5);
}

TEST(Schedule, linear_falls_evenly) {
  Schedule schedule{Schedule::Kind::Linear, 2.0, 1.0, 10, 110, 0};
  EXPECT_DOUBLE_EQ(schedule.at(10), 2.0);
  EXPECT_DOUBLE_EQ(schedule.at(35), 1.75);
  EXPECT_DOUBLE_EQ(schedule.at(110), 1.0);
}

TEST(Schedule, stable_decays_in_the_last_steps_only) {
  Schedule schedule{Schedule::Kind::Stable, 2.0, 0.0, 10, 110, 20};
  EXPECT_DOUBLE_EQ(schedule.at(5), 1.0);
  EXPECT_DOUBLE_EQ(schedule.at(90), 2.0);
  EXPECT_DOUBLE_EQ(schedule.at(95), 1.5);
  EXPECT_DOUBLE_EQ(schedule.at(110), 0.0);
}

TEST(Schedule, a_decay_longer_than_the_run_begins_after_the_warm_up) {
  Schedule schedule{Schedule::Kind::Stable, 2.0, 0.0, 10, 110, 1000};
  EXPECT_DOUBLE_EQ(schedule.at(10), 2.0);
  EXPECT_DOUBLE_EQ(schedule.at(60), 1.0);
}

TEST(Schedule, inverse_root_is_at_the_peak_where_the_warm_up_ends) {
  Schedule schedule{Schedule::Kind::InverseRoot, 2.0, 0.0, 100, 110, 0};
  EXPECT_DOUBLE_EQ(schedule.at(50), 1.0);
  EXPECT_DOUBLE_EQ(schedule.at(100), 2.0);
  EXPECT_DOUBLE_EQ(schedule.at(400), 1.0);
}

TEST(Schedule, names_mean_kinds) {
  EXPECT_EQ(scheduleKind("wsd"), Schedule::Kind::Stable);
  EXPECT_EQ(scheduleKind("inverse-sqrt"), Schedule::Kind::InverseRoot);
  EXPECT_EQ(scheduleKind("square"), std::nullopt);
}

TEST(Schedule, a_warm_up_longer_than_the_run_never_falls) {
  Schedule schedule{Schedule::Kind::Cosine, 1.0, 0.1, 100, 10, 0};
  EXPECT_DOUBLE_EQ(schedule.at(10), 0.1);
  EXPECT_DOUBLE_EQ(schedule.at(200), 1.0);
}

} // namespace tern::rt
