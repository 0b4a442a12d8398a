// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the time of an entry goes: a row per kernel class, and a row per region with its place in the model.

#ifndef TERN_RUNTIME_CLI_PROFILE_H
#define TERN_RUNTIME_CLI_PROFILE_H

#include "runtime/cli/Roofline.h"
#include "runtime/core/Program.h"
#include "runtime/core/RegionClock.h"

namespace tern::rt {

/// One timed call of an entry.
struct TimedCall {
  const tern_entry *entry;
  RegionClock clock;
};

struct ProfileStyle {
  unsigned threads = 1;
  bool json = false;
  bool everyRegion = false; // json has them always
};

/// `name` is what was timed, `seconds` how long the calls took together.
void printProfile(const std::string &name, double seconds, std::span<const TimedCall> calls, const Ceilings &ceilings,
                  const ProfileStyle &style);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_PROFILE_H
