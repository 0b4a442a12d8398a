// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ThreadPool and Arena.

#include "runtime/core/ThreadPool.h"
#include "../Support.h"
#include "runtime/core/Arena.h"

#include <algorithm>
#include <atomic>
#include <chrono>

namespace tern::rt::test {

namespace {

TEST(ThreadPool, refuses_impossible_counts) {
  EXPECT_FAILURE(ThreadPool::create(0), "between 1 and 64");
  EXPECT_FAILURE(ThreadPool::create(65), "not 65");
  unsigned threads = ThreadPool::defaultThreads();
  EXPECT_GE(threads, 1u);
  EXPECT_LE(threads, ThreadPool::maxThreads);
}

std::atomic<int64_t> counter;

// Every thread sees all additions of a round after the barrier, and none of the next round before it.
int32_t countRounds(tern_ctx *context, uint32_t thread, uint32_t threads) {
  int64_t start = counter.load();
  context->barrier(context, thread, threads, 0);
  for (int64_t round = 1; round <= 200; ++round) {
    ++counter;
    context->barrier(context, thread, threads, 0);
    if (counter.load() != start + round * threads)
      return 1;
    context->barrier(context, thread, threads, 0);
  }
  return 0;
}

TEST(ThreadPool, barriers_hold_with_more_threads_than_cores) {
  for (unsigned threads : {1u, 2u, 3u, 16u}) {
    auto pool = ThreadPool::create(threads);
    ASSERT_SUCCESS(pool);
    tern_ctx context{};
    for (int call = 0; call < 3; ++call)
      EXPECT_EQ((*pool)->run(countRounds, context), 0) << threads;
  }
}

// Region 0 is a millisecond of the first thread alone, region 1 of all threads; region 7 is none of the clock's.
int32_t workInRegions(tern_ctx *context, uint32_t thread, uint32_t threads) {
  auto spend = [](int milliseconds) {
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (std::chrono::steady_clock::now() < end)
      ;
  };
  if (thread == 0)
    spend(4);
  context->barrier(context, thread, threads, 0);
  spend(2);
  context->barrier(context, thread, threads, 1);
  spend(2);
  context->barrier(context, thread, threads, 1);
  context->barrier(context, thread, threads, 7);
  return 0;
}

TEST(ThreadPool, times_regions) {
  for (unsigned threads : {1u, 2u}) {
    auto pool = ThreadPool::create(threads);
    ASSERT_SUCCESS(pool);
    tern_ctx context{};
    RegionClock clock(2, threads);
    auto start = std::chrono::steady_clock::now();
    ASSERT_EQ((*pool)->run(workInRegions, context, &clock), 0);
    double all = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EXPECT_GE(clock.elapsed(0), 4e-3);
    EXPECT_GE(clock.elapsed(1), 4e-3);
    EXPECT_LE(clock.elapsed(0) + clock.elapsed(1), all);
    for (size_t region : {0, 1}) {
      EXPECT_GT(clock.occupancy(region), 0.0);
      EXPECT_LE(clock.occupancy(region), 1.0);
    }
    EXPECT_EQ((*pool)->run(workInRegions, context), 0) << "without a clock, after a call with one";
  }
}

TEST(ThreadPool, may_be_destroyed_unused) {
  for (int attempt = 0; attempt < 50; ++attempt)
    ASSERT_SUCCESS(ThreadPool::create(4));
}

TEST(Arena, is_aligned_and_zero) {
  for (uint64_t bytes : {uint64_t(0), uint64_t(100), uint64_t(5) << 20}) {
    auto arena = Arena::create(bytes);
    ASSERT_SUCCESS(arena);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(arena->data()) % (2u << 20), 0u);
    EXPECT_TRUE(std::all_of(arena->data(), arena->data() + bytes, [](uint8_t byte) { return byte == 0; }));
  }
  EXPECT_FAILURE(Arena::create(UINT64_MAX), "no machine has");
  EXPECT_FAILURE(Arena::create(uint64_t(1) << 60), "cannot reserve", "--batch");
}

} // namespace

} // namespace tern::rt::test
