// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ThreadPool and Arena.

#include "runtime/core/ThreadPool.h"
#include "../Support.h"
#include "runtime/core/Arena.h"

#include <algorithm>
#include <atomic>

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
  context->barrier(context, thread, threads);
  for (int64_t round = 1; round <= 200; ++round) {
    ++counter;
    context->barrier(context, thread, threads);
    if (counter.load() != start + round * threads)
      return 1;
    context->barrier(context, thread, threads);
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
