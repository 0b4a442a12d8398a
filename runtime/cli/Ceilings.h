// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What this machine can do at most, measured with loops that do nothing else: products per second in registers, bytes
// read, copied and rewritten per second. A unit that the machine does not have gives a ceiling of zero.

#ifndef TERN_RUNTIME_CLI_CEILINGS_H
#define TERN_RUNTIME_CLI_CEILINGS_H

#include <functional>

namespace tern::rt {

/// One measurement: `amount` operations or bytes in `seconds`.
struct Ceiling {
  double seconds = 1;
  double amount = 0;

  double perSecond() const { return amount / seconds; }
};

/// Runs a task as task(thread, threads) on all threads of a pool and returns when all are done.
using ParallelRun = std::function<void(const std::function<void(unsigned thread, unsigned threads)> &)>;

/// The least time of `repeats` runs.
double bestSeconds(int repeats, const std::function<void()> &work);

/// The best of `repeats` runs; a multiply and an add are two operations. FMA without such units is a multiply and an add.
Ceiling measureFma32(const ParallelRun &run, unsigned threads, int repeats);
Ceiling measureFma64(const ParallelRun &run, unsigned threads, int repeats);
/// Dot products of vectors: bf16 into f32, bytes into i32.
Ceiling measureDotBf16(const ParallelRun &run, unsigned threads, int repeats);
Ceiling measureDotInt8(const ParallelRun &run, unsigned threads, int repeats);
/// Products of tiles (AMX).
Ceiling measureTileBf16(const ParallelRun &run, unsigned threads, int repeats);
Ceiling measureTileInt8(const ParallelRun &run, unsigned threads, int repeats);

/// Streams through a buffer much larger than the caches. A copy counts the bytes read and the bytes written; an update
/// reads four arrays and writes three of them back, as an optimizer does.
Ceiling measureRead(const ParallelRun &run, int repeats);
Ceiling measureCopy(const ParallelRun &run, int repeats);
Ceiling measureUpdate(const ParallelRun &run, int repeats);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_CEILINGS_H
