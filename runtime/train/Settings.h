// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything that changes the numbers of a training run, apart from program and data. A checkpoint records it and a
// resumed run must agree with it. One visitor lists the fields, so that saving, loading and comparing cannot forget
// one.

#ifndef TERN_RUNTIME_TRAIN_SETTINGS_H
#define TERN_RUNTIME_TRAIN_SETTINGS_H

#include "runtime/train/Schedule.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace tern::rt {

struct TrainSettings {
  std::string schedule = "cosine"; // a name of scheduleKind
  int64_t steps = 1000;
  int64_t warmup = 0;
  int64_t accumulate = 1; // micro-batches of one update
  uint64_t seed = 1;
  int64_t decaySteps = 0; // of the schedule wsd
  double learningRate = 1e-3;
  double minimumRate = 1e-4; // what the schedules linear, cosine and wsd end at
  double clip = 1; // 0: none
  double weightDecay = 0.1;
  double vectorDecay = 0; // decay of parameters of rank < 2
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double momentum = 0;
  double averageDecay = 0.999; // of the moving average of the weights

  Schedule learningRateSchedule() const;
};

/// Calls visit(name, member) for every field; the names are those of the command line.
template <typename Visitor>
void visitSettings(Visitor &&visit) {
  visit("schedule", &TrainSettings::schedule);
  visit("steps", &TrainSettings::steps);
  visit("warmup", &TrainSettings::warmup);
  visit("accumulate", &TrainSettings::accumulate);
  visit("seed", &TrainSettings::seed);
  visit("decay-steps", &TrainSettings::decaySteps);
  visit("lr", &TrainSettings::learningRate);
  visit("min-lr", &TrainSettings::minimumRate);
  visit("clip", &TrainSettings::clip);
  visit("weight-decay", &TrainSettings::weightDecay);
  visit("vector-decay", &TrainSettings::vectorDecay);
  visit("beta1", &TrainSettings::beta1);
  visit("beta2", &TrainSettings::beta2);
  visit("epsilon", &TrainSettings::epsilon);
  visit("momentum", &TrainSettings::momentum);
  visit("ema-decay", &TrainSettings::averageDecay);
}

/// Takes from `stored` every setting that is not in `given` (names of visitSettings). Returns one line for each given
/// setting that differs from the stored one. A schedule whose rates do not depend on the number of steps may be
/// continued for more.
std::vector<std::string> adoptSettings(TrainSettings &settings, const std::set<std::string> &given,
                                       const TrainSettings &stored);

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_SETTINGS_H
