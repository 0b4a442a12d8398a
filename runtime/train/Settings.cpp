// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A given value wins even where it differs, so that --allow-inexact-resume does what was asked for.

#include "runtime/train/Settings.h"

#include "runtime/core/Json.h"

namespace tern::rt {

Schedule TrainSettings::learningRateSchedule() const {
  Schedule::Kind kind = scheduleKind(schedule).value_or(Schedule::Kind::Cosine);
  return {kind, learningRate, minimumRate, warmup, steps, decaySteps};
}

static std::string settingText(const std::string &value) { return value; }
template <typename T>
static std::string settingText(const T &value) {
  return jsonNumber(value);
}

std::vector<std::string> adoptSettings(TrainSettings &settings, const std::set<std::string> &given,
                                       const TrainSettings &stored) {
  std::vector<std::string> differences;
  visitSettings([&](const char *name, auto member) {
    if (!given.count(name)) {
      settings.*member = stored.*member;
      return;
    }
    bool extends = std::string(name) == "steps" && !Schedule::dependsOnSteps(stored.learningRateSchedule().kind);
    if (settings.*member != stored.*member && !extends)
      differences.push_back(std::string("--") + name + " is " + settingText(settings.*member) +
                            ", the checkpoint has " + settingText(stored.*member));
  });
  return differences;
}

} // namespace tern::rt
