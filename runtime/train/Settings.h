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
  std::string schedule = "cosine"; // or "constant"
  int64_t steps = 1000;
  int64_t warmup = 0;
  int64_t accumulate = 1; // micro-batches of one update
  uint64_t seed = 1;
  double learningRate = 1e-3;
  double clip = 1; // 0: none
  double weightDecay = 0.1;
  double vectorDecay = 0; // decay of parameters of rank < 2
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double momentum = 0;

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
  visit("lr", &TrainSettings::learningRate);
  visit("clip", &TrainSettings::clip);
  visit("weight-decay", &TrainSettings::weightDecay);
  visit("vector-decay", &TrainSettings::vectorDecay);
  visit("beta1", &TrainSettings::beta1);
  visit("beta2", &TrainSettings::beta2);
  visit("epsilon", &TrainSettings::epsilon);
  visit("momentum", &TrainSettings::momentum);
}

/// Takes from `stored` every setting that is not in `given` (names of visitSettings). Returns one line for each given
/// setting that differs from the stored one. A constant schedule may be continued for more steps.
std::vector<std::string> adoptSettings(TrainSettings &settings, const std::set<std::string> &given,
                                       const TrainSettings &stored);

} // namespace tern::rt

#endif // TERN_RUNTIME_TRAIN_SETTINGS_H
