// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Persistent threads that run a compiled entry the SPMD way: every thread calls the same function with its own index.
// The work split lives in the compiled code, so results do not depend on scheduling. Waiting threads spin briefly, then
// park: more threads than cores still finish.

#ifndef TERN_RUNTIME_CORE_THREADPOOL_H
#define TERN_RUNTIME_CORE_THREADPOOL_H

#include "runtime/abi/tern.h"
#include "runtime/core/RegionClock.h"
#include "runtime/core/Result.h"

#include <memory>

namespace tern::rt {

class ThreadPool {
public:
  static constexpr unsigned maxThreads = 64;

  // The calling thread is thread 0; `threads - 1` others are started. 1 <= threads <= maxThreads.
  static Result<std::unique_ptr<ThreadPool>> create(unsigned threads);
  // Cores this process may run on (affinity and cgroup quota respected), at most maxThreads.
  static unsigned defaultThreads();

  ThreadPool(const ThreadPool &) = delete;
  ~ThreadPool();

  unsigned threads() const;

  // Sets context.barrier and context.runtime, calls `entry` on all threads and waits for all. Returns the first nonzero
  // result in thread order, else context.status, else 0. Not reentrant. With a clock, made for as many threads, every
  // region is timed.
  int32_t run(tern_entry_fn entry, tern_ctx &context, RegionClock *clock = nullptr);

private:
  struct State;
  explicit ThreadPool(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_THREADPOOL_H
