// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop: accumulation, resume equality, what is due when, losses that are not finite.

#include "runtime/train/Trainer.h"

#include "../FakeProgram.h"
#include "../Support.h"

#include <cmath>
#include <limits>

namespace tern::rt::test {

namespace {

// One row set per micro-batch of the regression program: features (4, 2), labels (4, 1).
struct Batch {
  std::vector<float> features, labels;
};

Batch batchOf(int64_t step, int64_t microbatch) {
  Batch batch;
  for (int row = 0; row < 4; ++row) {
    float a = static_cast<float>(std::sin(step * 4 + microbatch * 10 + row)), b = static_cast<float>(row);
    batch.features.insert(batch.features.end(), {a, b});
    batch.labels.push_back(2 * a - b + 0.5f);
  }
  return batch;
}

class TrainerTest : public testing::Test {
protected:
  TrainerTest() : session(Session::create(regressionProgram(), 1).take()) {
    settings.learningRate = 0.05;
    settings.steps = 20;
    settings.clip = 0;
    settings.weightDecay = 0;
  }

  BatchFill filler() {
    return [this](int64_t step, int64_t microbatch, const tern_entry &grad) -> Status {
      Batch batch = batchOf(step, microbatch);
      TERN_ASSIGN(std::span<float> features, session->input<float>(grad, "features"));
      TERN_ASSIGN(std::span<float> labels, session->input<float>(grad, "labels"));
      std::ranges::copy(batch.features, features.begin());
      std::ranges::copy(batch.labels, labels.begin());
      return success();
    };
  }

  std::vector<float> parameters() {
    std::vector<float> all;
    for (const Parameter &parameter : session->program().parameters())
      for (float value : as<float>(session->value(parameter)))
        all.push_back(value);
    return all;
  }

  void setParameters(const std::vector<float> &all) {
    size_t next = 0;
    for (const Parameter &parameter : session->program().parameters())
      for (float &value : as<float>(session->value(parameter)))
        value = all[next++];
  }

  std::unique_ptr<Session> session;
  TrainSettings settings;
};

} // namespace

TEST_F(TrainerTest, learns) {
  Trainer trainer = Trainer::create(*session, settings, filler()).take();
  double first = trainer.step(1)->loss, last = 0;
  for (int64_t step = 2; step <= settings.steps; ++step)
    last = trainer.step(step)->loss;
  EXPECT_LT(last, first / 2);
}

TEST_F(TrainerTest, the_loss_is_the_mean_over_the_micro_batches) {
  settings.accumulate = 3;
  double sum = 0;
  for (int64_t microbatch = 0; microbatch < 3; ++microbatch) {
    Batch batch = batchOf(1, microbatch);
    for (float label : batch.labels)
      sum += label * label; // parameters are zero
  }
  Trainer trainer = Trainer::create(*session, settings, filler()).take();
  EXPECT_NEAR(trainer.step(1)->loss, sum / 12, 1e-5);
}

TEST_F(TrainerTest, a_step_depends_on_nothing_but_its_number) {
  settings.accumulate = 2;
  Trainer whole = Trainer::create(*session, settings, filler()).take();
  std::vector<float> middle;
  for (int64_t step = 1; step <= settings.steps; ++step) {
    ASSERT_SUCCESS(whole.step(step));
    if (step == 7)
      middle = parameters();
  }
  std::vector<float> expected = parameters();
  session = Session::create(regressionProgram(), 2).take();
  setParameters(middle);
  Trainer rest = Trainer::create(*session, settings, filler()).take();
  for (int64_t step = 8; step <= settings.steps; ++step)
    ASSERT_SUCCESS(rest.step(step));
  EXPECT_EQ(parameters(), expected);
}

TEST_F(TrainerTest, a_loss_that_is_no_number_ends_before_the_update) {
  Trainer trainer = Trainer::create(*session, settings, filler()).take();
  setParameters({std::numeric_limits<float>::infinity(), 1, 2});
  std::vector<float> before = parameters();
  EXPECT_FAILURE(trainer.step(5), "the loss of step 5");
  EXPECT_EQ(parameters(), before);
}

TEST_F(TrainerTest, everything_happens_when_it_is_due) {
  settings.steps = 7;
  Trainer trainer = Trainer::create(*session, settings, filler()).take();
  std::string log;
  auto note = [&](char what) {
    return [&log, what](int64_t step) {
      log += what + std::to_string(step) + " ";
      return success();
    };
  };
  TrainHooks hooks;
  hooks.report = [](const StepReport &) { return success(); };
  hooks.validate = note('v');
  hooks.sample = note('s');
  hooks.save = note('c');
  EXPECT_EQ(*runTraining(trainer, 0, 7, {3, 2, 4}, hooks), 7);
  EXPECT_EQ(log, "s2 v3 s4 c4 v6 s6 v7 c7 ");
}

TEST_F(TrainerTest, a_stop_saves) {
  Trainer trainer = Trainer::create(*session, settings, filler()).take();
  int64_t saved = 0, reported = 0;
  TrainHooks hooks;
  hooks.report = [&](const StepReport &report) {
    reported = report.step;
    return success();
  };
  hooks.save = [&](int64_t step) {
    saved = step;
    return success();
  };
  hooks.shouldStop = [&] { return reported == 5; };
  EXPECT_EQ(*runTraining(trainer, 2, 20, {0, 0, 0}, hooks), 5);
  EXPECT_EQ(saved, 5);
}

} // namespace tern::rt::test
