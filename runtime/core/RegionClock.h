// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the time of one call goes: a stamp before and after every barrier, added up by region. Each thread writes its own
// part; read it when the call is over.

#ifndef TERN_RUNTIME_CORE_REGIONCLOCK_H
#define TERN_RUNTIME_CORE_REGIONCLOCK_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tern::rt {

class RegionClock {
public:
  RegionClock(size_t regions, unsigned threads);

  // By every thread: when it enters the entry, when it comes to a barrier, when it leaves it. A region that the entry
  // does not have counts nowhere.
  void start(uint32_t thread) { parts[thread].last = Clock::now(); }
  void arrive(uint32_t thread, uint32_t region) { add(parts[thread], parts[thread].busy, region); }
  void leave(uint32_t thread, uint32_t region) { add(parts[thread], parts[thread].waited, region); }

  size_t regions() const { return parts[0].busy.size(); }
  // Seconds of the first thread from the barrier before to the end of the one after.
  double elapsed(size_t region) const { return parts[0].busy[region] + parts[0].waited[region]; }
  // The share of that time, of all threads, that was work and not waiting.
  double occupancy(size_t region) const;

private:
  using Clock = std::chrono::steady_clock;
  struct alignas(64) Part {
    Clock::time_point last;
    std::vector<double> busy, waited; // by region
  };

  static void add(Part &part, std::vector<double> &times, uint32_t region) {
    Clock::time_point now = Clock::now();
    if (region < times.size())
      times[region] += std::chrono::duration<double>(now - part.last).count();
    part.last = now;
  }

  std::vector<Part> parts; // by thread
};

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_REGIONCLOCK_H
