// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stop texts that arrive whole, in pieces, and not at all.

#include "runtime/generate/StopFilter.h"

#include <gtest/gtest.h>

namespace tern::rt {

TEST(StopFilter, cuts_before_the_stop_text) {
  StopFilter filter({"END"});
  EXPECT_EQ(filter.push("one END two"), "one ");
  EXPECT_TRUE(filter.stopped());
  EXPECT_EQ(filter.push("three"), "");
  EXPECT_EQ(filter.finish(), "");
}

TEST(StopFilter, holds_back_what_may_become_a_stop_text) {
  StopFilter filter({"END"});
  EXPECT_EQ(filter.push("aE"), "a");
  EXPECT_EQ(filter.push("N"), "");
  EXPECT_EQ(filter.push("x"), "ENx");
  EXPECT_EQ(filter.push("EN"), "");
  EXPECT_EQ(filter.push("D"), "");
  EXPECT_TRUE(filter.stopped());
}

TEST(StopFilter, the_end_gives_back_what_was_held) {
  StopFilter filter({"END"});
  EXPECT_EQ(filter.push("EN"), "");
  EXPECT_EQ(filter.finish(), "EN");
}

TEST(StopFilter, the_earliest_of_several_counts) {
  StopFilter filter({"two", "one"});
  EXPECT_EQ(filter.push("- one two"), "- ");
}

TEST(StopFilter, repeated_beginnings_are_found) {
  StopFilter filter({"aab"});
  EXPECT_EQ(filter.push("aaa"), "a");
  EXPECT_EQ(filter.push("b"), "");
  EXPECT_TRUE(filter.stopped());
}

TEST(StopFilter, empty_stop_texts_are_ignored) {
  StopFilter filter({""});
  EXPECT_EQ(filter.push("text"), "text");
  EXPECT_FALSE(filter.stopped());
}

} // namespace tern::rt
