// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows and logits of the bigram program, whose logits are a row of its table.

#include "runtime/generate/Generator.h"

#include "../FakeProgram.h"
#include "../Support.h"

#include <cmath>

namespace tern::rt::test {

class GeneratorTest : public testing::Test {
protected:
  void SetUp() override {
    session = Session::create(bigramProgram(), 1).take();
    std::span<float> table = as<float>(session->value(*session->program().findParameter("wte.weight")));
    for (size_t token = 0; token < 256; ++token)
      table[token * 256 + (token + 1) % 256] = 5; // every token is followed by the next one
  }

  std::unique_ptr<Session> session;
};

TEST_F(GeneratorTest, reads_the_last_real_position) {
  Generator generator = Generator::create(*session, 0).take();
  EXPECT_EQ(generator.window(), 8);
  Sampler greedy({});
  EXPECT_EQ(*generator.next(greedy, std::vector<int32_t>{10}), 11);
  EXPECT_EQ(*generator.next(greedy, std::vector<int32_t>{10, 20, 30}), 31);
}

TEST_F(GeneratorTest, slides_over_long_sequences) {
  Generator generator = Generator::create(*session, 0).take();
  Sampler greedy({});
  std::vector<int32_t> ids(50, 3);
  ids.back() = 77;
  EXPECT_EQ(*generator.next(greedy, ids), 78);
}

TEST_F(GeneratorTest, never_draws_beyond_the_vocabulary) {
  Generator generator = Generator::create(*session, 100).take();
  Sampler greedy({});
  EXPECT_EQ(generator.logits(std::vector<int32_t>{5})->size(), 100u);
  EXPECT_EQ(*generator.next(greedy, std::vector<int32_t>{99}), 0);
}

TEST_F(GeneratorTest, says_an_end_behind_the_vocabulary) {
  std::span<float> table = as<float>(session->value(*session->program().findParameter("wte.weight")));
  table[5 * 256 + 102] = 9;
  table[5 * 256 + 101] = 12; // neither text nor the end
  Generator generator = Generator::create(*session, 100, 102).take();
  Sampler greedy({});
  EXPECT_EQ(generator.logits(std::vector<int32_t>{5})->size(), 101u);
  EXPECT_EQ(*generator.next(greedy, std::vector<int32_t>{5}), 102);
  EXPECT_EQ(*generator.next(greedy, std::vector<int32_t>{6}), 7);
}

TEST_F(GeneratorTest, has_no_end_beyond_the_logits) {
  Generator generator = Generator::create(*session, 254, 256).take();
  EXPECT_EQ(generator.logits(std::vector<int32_t>{5})->size(), 254u);
}

TEST_F(GeneratorTest, refuses_an_empty_sequence) {
  Generator generator = Generator::create(*session, 0).take();
  EXPECT_FAILURE(generator.logits({}), "empty");
}

TEST_F(GeneratorTest, refuses_weights_that_give_no_numbers) {
  as<float>(session->value(*session->program().findParameter("wte.weight")))[5 * 256] = NAN;
  Generator generator = Generator::create(*session, 0).take();
  EXPECT_FAILURE(generator.logits(std::vector<int32_t>{5}), "finite");
}

TEST(Generator, refuses_a_model_without_tokens) {
  auto session = Session::create(regressionProgram(), 1).take();
  EXPECT_FAILURE(Generator::create(*session, 0), "does not generate text");
}

} // namespace tern::rt::test
