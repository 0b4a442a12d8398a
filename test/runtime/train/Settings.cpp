// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a resumed run takes from its checkpoint and what it refuses.

#include "runtime/train/Settings.h"

#include <gmock/gmock.h>

namespace tern::rt {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Settings, what_is_not_given_comes_from_the_checkpoint) {
  TrainSettings settings, stored;
  stored.learningRate = 0.25;
  stored.schedule = "constant";
  stored.seed = 7;
  EXPECT_THAT(adoptSettings(settings, {}, stored), IsEmpty());
  EXPECT_EQ(settings.learningRate, 0.25);
  EXPECT_EQ(settings.schedule, "constant");
  EXPECT_EQ(settings.seed, 7u);
}

TEST(Settings, a_given_value_that_differs_is_named_and_kept) {
  TrainSettings settings, stored;
  settings.learningRate = 0.5;
  stored.learningRate = 0.25;
  EXPECT_THAT(adoptSettings(settings, {"lr"}, stored), ElementsAre(HasSubstr("--lr is 0.5, the checkpoint has 0.25")));
  EXPECT_EQ(settings.learningRate, 0.5);
}

TEST(Settings, a_given_value_that_agrees_is_fine) {
  TrainSettings settings, stored;
  EXPECT_THAT(adoptSettings(settings, {"lr", "steps", "seed", "schedule"}, stored), IsEmpty());
}

TEST(Settings, a_schedule_that_knows_its_end_may_not_grow) {
  TrainSettings settings, stored;
  settings.steps = 2 * stored.steps;
  EXPECT_THAT(adoptSettings(settings, {"steps"}, stored), ElementsAre(HasSubstr("--steps")));
  stored.schedule = "wsd";
  EXPECT_THAT(adoptSettings(settings, {"steps"}, stored), ElementsAre(HasSubstr("--steps")));
  for (const char *endless : {"constant", "inverse-sqrt"}) {
    stored.schedule = endless;
    EXPECT_THAT(adoptSettings(settings, {"steps"}, stored), IsEmpty()) << endless;
  }
  EXPECT_EQ(settings.steps, 2 * stored.steps);
}

} // namespace tern::rt
