// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A gate starts the workers, one barrier ends a call, and a second one serves the compiled code.

#include "runtime/core/ThreadPool.h"

#include "runtime/core/Barrier.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sched.h>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace tern::rt {

struct ThreadPool::State {
  uint32_t threads = 1;
  unsigned spins = 0;
  Gate start;
  Barrier inside, end;
  tern_entry_fn entry = nullptr; // null tells the workers to leave
  tern_ctx *context = nullptr;
  RegionClock *clock = nullptr; // null: nothing is timed
  std::array<int32_t, maxThreads> results{};
  std::vector<std::thread> workers;

  void work(uint32_t thread) {
    for (uint32_t call = 0;; ++call) {
      start.waitPast(call, spins);
      if (!entry)
        return;
      enter(thread);
      end.wait(threads, spins);
    }
  }

  void enter(uint32_t thread) {
    if (clock)
      clock->start(thread);
    results[thread] = entry(context, thread, threads);
  }

  static void waitInside(tern_ctx *context, uint32_t, uint32_t threads, uint32_t) {
    State &state = *static_cast<State *>(context->runtime);
    if (threads > 1)
      state.inside.wait(threads, state.spins);
  }

  static void waitTimed(tern_ctx *context, uint32_t thread, uint32_t threads, uint32_t region) {
    RegionClock &clock = *static_cast<State *>(context->runtime)->clock;
    clock.arrive(thread, region);
    waitInside(context, thread, threads, region);
    clock.leave(thread, region);
  }
};

// Threads allowed by the cgroup's quota, rounded up; maxThreads where there is none.
static unsigned quotaThreads() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0)
    return ThreadPool::maxThreads;
  double allowed = std::strtod(quota.c_str(), nullptr) / period;
  return static_cast<unsigned>(std::clamp(allowed + 0.999, 1.0, double(ThreadPool::maxThreads)));
}

static unsigned affinityThreads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0)
    return std::max(std::thread::hardware_concurrency(), 1u);
  return static_cast<unsigned>(CPU_COUNT(&set));
}

unsigned ThreadPool::defaultThreads() {
  return std::clamp(std::min(affinityThreads(), quotaThreads()), 1u, maxThreads);
}

ThreadPool::ThreadPool(std::unique_ptr<State> state) : state(std::move(state)) {}

Result<std::unique_ptr<ThreadPool>> ThreadPool::create(unsigned threads) {
  if (threads < 1 || threads > maxThreads)
    return error("--threads must be between 1 and ", maxThreads, ", not ", threads);
  std::unique_ptr<ThreadPool> pool(new ThreadPool(std::make_unique<State>()));
  State &state = *pool->state;
  // Spinning only helps while every thread has a core of its own.
  state.spins = threads <= defaultThreads() ? 400 : 20;
  state.threads = threads;
  try {
    for (uint32_t thread = 1; thread < threads; ++thread)
      state.workers.emplace_back([&state, thread] { state.work(thread); });
  } catch (const std::system_error &failure) {
    return error("cannot start ", threads, " threads: ", failure.what(), "; use a smaller --threads");
  }
  return pool;
}

ThreadPool::~ThreadPool() {
  state->entry = nullptr;
  state->start.open();
  for (std::thread &worker : state->workers)
    worker.join();
}

unsigned ThreadPool::threads() const { return state->threads; }

int32_t ThreadPool::run(tern_entry_fn entry, tern_ctx &context, RegionClock *clock) {
  context.barrier = clock ? State::waitTimed : State::waitInside;
  context.runtime = state.get();
  context.status = 0;
  state->entry = entry;
  state->context = &context;
  state->clock = clock;
  state->start.open();
  state->enter(0);
  if (state->threads > 1)
    state->end.wait(state->threads, state->spins);
  for (uint32_t thread = 0; thread < state->threads; ++thread)
    if (state->results[thread])
      return state->results[thread];
  return context.status;
}

} // namespace tern::rt
