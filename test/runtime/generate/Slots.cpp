// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chunks, steps and slots of the program that sums what it has seen.

#include "runtime/generate/Slots.h"

#include "../FakeProgram.h"
#include "../Support.h"
#include "runtime/generate/Generator.h"

#include <algorithm>
#include <numeric>

namespace tern::rt::test {

using Ids = std::vector<int32_t>;

/// What the program says after these tokens.
static int64_t after(const Ids &tokens) {
  int64_t sum = 0;
  for (size_t place = 0; place < tokens.size(); ++place)
    sum += static_cast<int64_t>(place + 1) * tokens[place];
  return sum % 97;
}

/// The token whose logit is 1.
static int64_t told(std::span<const uint8_t> row) {
  const float *logits = reinterpret_cast<const float *>(row.data());
  return std::max_element(logits, logits + row.size() / sizeof(float)) - logits;
}

class SlotsTest : public testing::Test {
protected:
  void SetUp() override {
    session = Session::create(stepsProgram(), 1).take();
    slots.emplace(Slots::create(*session).take());
  }

  std::unique_ptr<Session> session;
  std::optional<Slots> slots;
};

TEST_F(SlotsTest, knows_its_sizes) {
  EXPECT_TRUE(Slots::isIn(session->program()));
  EXPECT_EQ(slots->count(), 3);
  EXPECT_EQ(slots->context(), 10);
  EXPECT_EQ(slots->vocabulary(), 97);
}

TEST_F(SlotsTest, appends_in_chunks_with_a_remainder) {
  Ids ids{5, 6, 7, 8, 9, 10, 11};
  EXPECT_EQ(told(*slots->append(1, ids)), after(ids)); // 4 and 3
  EXPECT_EQ(slots->length(1), 7);
  EXPECT_EQ(slots->length(0), 0);
  EXPECT_EQ(told(*slots->append(1, Ids{20, 21})), after({5, 6, 7, 8, 9, 10, 11, 20, 21}));
}

TEST_F(SlotsTest, a_single_token_is_a_step) {
  EXPECT_EQ(told(*slots->append(2, Ids{31})), after({31}));
  EXPECT_EQ(told(*slots->append(2, Ids{32})), after({31, 32}));
  EXPECT_EQ(slots->length(2), 2);
  EXPECT_EQ(slots->length(0), 0);
}

TEST_F(SlotsTest, steps_of_several_sequences_at_their_positions) {
  ASSERT_TRUE(slots->append(0, Ids{1, 2, 3, 4, 5}).ok());
  ASSERT_TRUE(slots->append(2, Ids{40, 41}).ok());
  std::span<const uint8_t> rows = *slots->step(Ids{60, Slots::idle, 70});
  size_t bytes = rows.size() / 3;
  EXPECT_EQ(told(rows.first(bytes)), after({1, 2, 3, 4, 5, 60}));
  EXPECT_EQ(told(rows.last(bytes)), after({40, 41, 70}));
  EXPECT_EQ(slots->length(1), 0);
  EXPECT_EQ(slots->length(2), 3);
}

TEST_F(SlotsTest, goes_on_from_a_shorter_sequence) {
  ASSERT_TRUE(slots->append(0, Ids{1, 2, 3, 4, 5}).ok());
  slots->truncate(0, 2);
  EXPECT_EQ(told(*slots->append(0, Ids{9, 8})), after({1, 2, 9, 8}));
}

TEST_F(SlotsTest, refuses_more_than_the_context) {
  ASSERT_TRUE(slots->append(0, Ids(10, 1)).ok());
  EXPECT_FAILURE(slots->append(0, Ids{1}), "11 tokens exceeds the 10 that the program keeps; compile with a larger --context");
  EXPECT_FAILURE(slots->append(1, Ids(11, 1)), "--context");
  EXPECT_FAILURE(slots->append(1, Ids{}), "empty");
}

TEST(GeneratorOnSlots, computes_what_is_new) {
  auto session = Session::create(stepsProgram(), 1).take();
  Generator generator = Generator::create(*session, 0).take();
  EXPECT_EQ(generator.window(), 10);
  Sampler greedy({});
  for (const Ids &ids : {Ids{3, 4, 5, 6, 7, 8}, Ids{3, 4, 5, 6, 7, 8, 9}, Ids{3, 4, 50, 51}, Ids{3, 4, 50, 51}, Ids{60}})
    EXPECT_EQ(*generator.next(greedy, ids), after(ids));
}

TEST(GeneratorOnSlots, goes_on_with_half_of_what_outgrows_the_context) {
  auto session = Session::create(stepsProgram(), 1).take();
  Generator generator = Generator::create(*session, 0).take();
  Sampler greedy({});
  Ids ids(10);
  std::iota(ids.begin(), ids.end(), 20);
  EXPECT_EQ(*generator.next(greedy, ids), after(ids));
  // Of 11 tokens the last 5, of 16 again all that begin there, and of 17 the last 5 of those.
  for (size_t size = 11; size <= 17; ++size) {
    ids.push_back(static_cast<int32_t>(60 + size));
    size_t first = size < 17 ? 6 : 12;
    EXPECT_EQ(*generator.next(greedy, ids), after(Ids(ids.begin() + static_cast<ptrdiff_t>(first), ids.end())));
  }
}

} // namespace tern::rt::test
