// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What this machine can do at most: fused multiply-adds per second, bytes read and bytes copied per second, measured
// with loops that do nothing else. `bench` states every entry point as a fraction of these.

#ifndef TERN_RUNTIME_CLI_CEILINGS_H
#define TERN_RUNTIME_CLI_CEILINGS_H

#include <functional>
#include <vector>

namespace tern::rt {

/// One measurement: `amount` operations or bytes in `seconds`.
struct Ceiling {
  double seconds = 0;
  double amount = 0;

  double perSecond() const { return amount / seconds; }
};

/// Runs a task as task(thread, threads) on all threads of a pool and returns when all are done.
using ParallelRun = std::function<void(const std::function<void(unsigned thread, unsigned threads)> &)>;

/// The best of `repeats` runs; two FLOPs per fused multiply-add.
Ceiling measureFma32(const ParallelRun &run, unsigned threads, int repeats);
Ceiling measureFma64(const ParallelRun &run, unsigned threads, int repeats);

/// Streams through a buffer much larger than the caches. A copy counts the bytes read and the bytes written.
Ceiling measureRead(const ParallelRun &run, int repeats);
Ceiling measureCopy(const ParallelRun &run, int repeats);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_CEILINGS_H
