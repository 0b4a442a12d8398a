// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Merging by scanning is the plain definition; the queue gives the same on words of any length.

#include "runtime/text/Merger.h"

#include <gtest/gtest.h>
#include <random>

namespace tern::rt::test {

namespace {

using Symbols = std::vector<int32_t>;

TEST(Merger, lowest_rank_first_then_leftmost) {
  Merger merger(3);
  EXPECT_TRUE(merger.add(2, 3, 10, 0)); // bc
  EXPECT_TRUE(merger.add(1, 2, 11, 1)); // ab
  EXPECT_TRUE(merger.add(4, 4, 12, 2)); // dd
  EXPECT_FALSE(merger.add(1, 2, 13, 3));
  Symbols symbols = {99, 1, 2, 3, 4, 4, 4, 1, 2};
  merger.merge(symbols, 1);
  EXPECT_EQ(symbols, (Symbols{99, 1, 10, 12, 4, 11}));
  Symbols behind = {1, 2, 1, 2};
  merger.merge(behind, 2);
  EXPECT_EQ(behind, (Symbols{1, 2, 11}));
}

TEST(Merger, the_queue_gives_what_scanning_gives) {
  std::mt19937_64 generator(2);
  for (int round = 0; round < 300; ++round) {
    Merger merger(40);
    for (int32_t merged = 4; merged < 44; ++merged) // of any two symbols so far; ranks in pairs
      merger.add(static_cast<int32_t>(generator() % merged), static_cast<int32_t>(generator() % merged), merged, merged / 2);
    Symbols scanned(1 + generator() % 200);
    for (int32_t &symbol : scanned)
      symbol = static_cast<int32_t>(generator() % 4);
    Symbols queued = scanned, chosen = scanned;
    merger.mergeByScanning(scanned, 0);
    merger.mergeByQueue(queued, 0);
    merger.merge(chosen, 0);
    ASSERT_EQ(queued, scanned);
    ASSERT_EQ(chosen, scanned);
  }
}

TEST(Merger, a_word_of_a_million_symbols) { // quadratic time would not end
  Merger merger(20);
  for (int32_t symbol = 1; symbol <= 20; ++symbol)
    merger.add(symbol, symbol, symbol + 1, symbol);
  Symbols symbols(1 << 20, 1);
  merger.merge(symbols, 0);
  EXPECT_EQ(symbols, Symbols{21});
}

} // namespace

} // namespace tern::rt::test
