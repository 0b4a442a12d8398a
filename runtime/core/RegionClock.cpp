// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sums of a clock.

#include "runtime/core/RegionClock.h"

namespace tern::rt {

RegionClock::RegionClock(size_t regions, unsigned threads) : parts(threads) {
  for (Part &part : parts) {
    part.busy.resize(regions);
    part.waited.resize(regions);
  }
}

double RegionClock::occupancy(size_t region) const {
  double busy = 0, all = 0;
  for (const Part &part : parts) {
    busy += part.busy[region];
    all += part.busy[region] + part.waited[region];
  }
  return all > 0 ? busy / all : 1;
}

} // namespace tern::rt
