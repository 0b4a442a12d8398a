// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Data made of examples, on a program that only has inputs: what lands where, what is padding, what is refused.

#include "ExampleTest.h"

#include <algorithm>
#include <numeric>

namespace tern::rt::test {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr std::initializer_list<tern_tensor> translation = {
    tensor("source", TERN_I32, 0, {2, 4}), tensor("source_lengths", TERN_I32, 0, {2}), tensor("tokens", TERN_I32, 0, {2, 4}),
    tensor("targets", TERN_I32, 0, {2, 4})};

TEST_F(ExampleData, a_translation_begins_and_ends) {
  setInputs(translation);
  auto source = open({.files = {file("a.tsv", "ab\tXY\nabcdef\tQ\textra\n\n")}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  EXPECT_THAT((*source)->description(), HasSubstr("2 training pairs, 0 for validation, 1 text cut"));
  ASSERT_EQ((*source)->orderedBatches(Split::Train), 1);
  auto counted = (*source)->fillOrdered(Split::Train, 0, *session, entry);
  ASSERT_SUCCESS(counted);
  EXPECT_EQ(*counted, 3 + 2);
  EXPECT_THAT(ids("source"), ElementsAre('a', 'b', pad, pad, 'a', 'b', 'c', 'd'));
  EXPECT_THAT(ids("source_lengths"), ElementsAre(2, 4));
  EXPECT_THAT(ids("tokens"), ElementsAre(begin, 'X', 'Y', pad, begin, 'Q', pad, pad));
  EXPECT_THAT(ids("targets"), ElementsAre('X', 'Y', end, -100, 'Q', end, -100, -100));
}

TEST_F(ExampleData, rows_beyond_the_end_do_not_count) {
  setInputs(translation);
  auto source = open({.files = {file("a.tsv", "a\tb\nc\td\ne\tf\n")}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  ASSERT_EQ((*source)->orderedBatches(Split::Train), 2);
  EXPECT_EQ(*(*source)->fillOrdered(Split::Train, 1, *session, entry), 2);
  EXPECT_THAT(ids("source"), ElementsAre('e', pad, pad, pad, pad, pad, pad, pad));
  EXPECT_THAT(ids("source_lengths"), ElementsAre(1, 1));
  EXPECT_THAT(ids("targets"), ElementsAre('f', end, -100, -100, -100, -100, -100, -100));
}

TEST_F(ExampleData, draws_are_a_function_of_their_key) {
  setInputs(translation);
  std::string lines;
  for (char letter = 'a'; letter <= 'z'; ++letter)
    lines += std::string(1, letter) + "\t" + letter + "\n";
  auto source = open({.files = {file("a.tsv", lines)}, .validationFile = ""});
  ASSERT_SUCCESS(source);
  ASSERT_SUCCESS((*source)->fillRandom({1, 2, 0}, *session, entry));
  std::vector<int32_t> first = ids("source");
  ASSERT_SUCCESS((*source)->fillRandom({1, 3, 0}, *session, entry));
  EXPECT_NE(ids("source"), first);
  ASSERT_SUCCESS((*source)->fillRandom({1, 2, 0}, *session, entry));
  EXPECT_EQ(ids("source"), first);
}

TEST_F(ExampleData, special_tokens_need_room) {
  setInputs(translation, "seq2seq", 256);
  EXPECT_FAILURE(open({.files = {file("a.tsv", "a\tb\n")}, .validationFile = ""}), "token 'begin'", "id 257",
                 "ternc --define vocab=260");
}

TEST_F(ExampleData, a_line_without_a_tab_is_named) {
  setInputs(translation);
  EXPECT_FAILURE(open({.files = {file("a.tsv", "a\tb\nno tab\n")}, .validationFile = ""}), "a.tsv', line 2", "no tab");
  EXPECT_FAILURE(open({.files = {}, .validationFile = ""}), "give --data FILE.tsv");
}

TEST_F(ExampleData, an_input_that_nobody_fills_is_refused) {
  setInputs({tensor("source", TERN_I32, 0, {2, 4}), tensor("tokens", TERN_I32, 0, {2, 4}), tensor("mood", TERN_I32, 0, {2})});
  EXPECT_FAILURE(open({.files = {file("a.tsv", "a\tb\n")}, .validationFile = ""}), "reads 'mood'", "it has: source");
}

constexpr std::initializer_list<tern_tensor> classes = {tensor("tokens", TERN_I32, 0, {2, 3}), tensor("lengths", TERN_I32, 0, {2}),
                                                        tensor("labels", TERN_I32, 0, {2})};

TEST_F(ExampleData, texts_that_are_cut_are_counted) {
  setInputs(classes, "classify");
  DataOptions options{.files = {file("a.tsv", "abcd\tx\nabc\ty\nabcde\tx\n")}, .validationFile = ""};
  auto source = open(options);
  ASSERT_SUCCESS(source);
  EXPECT_EQ((*source)->remarks(), "2 texts cut to the length of their input");
  EXPECT_THAT((*source)->description(), HasSubstr("classes (0 x, 1 y), 2 texts cut"));
}

TEST_F(ExampleData, classes_that_the_weights_know_keep_their_numbers) {
  setInputs(classes, "classify");
  std::string path = file("a.tsv", "a\tsad\nb\tcalm\n");
  DataOptions options{
      .files = {path}, .validationFile = "", .validationFraction = 0, .classes = {"happy", "sad", "calm"}};
  auto source = open(options);
  ASSERT_SUCCESS(source);
  ASSERT_SUCCESS((*source)->fillOrdered(Split::Train, 0, *session, entry));
  EXPECT_THAT(ids("labels"), ElementsAre(1, 2));
  EXPECT_THAT((*source)->classes(), ElementsAre("happy", "sad", "calm"));

  options.classes = {"happy", "sad"};
  EXPECT_FAILURE(open(options), "a.tsv', line 2 has the label 'calm'", "trained with the classes (0 happy, 1 sad)");
  options.mayRenumber = true;
  source = open(options);
  ASSERT_SUCCESS(source);
  EXPECT_THAT((*source)->classes(), ElementsAre("calm", "sad"));
}

TEST_F(ExampleData, files_of_two_kinds_are_refused) {
  setInputs({tensor("tokens", TERN_I32, 0, {2, 8}), tensor("targets", TERN_I32, 0, {2, 8})}, "causal-lm");
  std::string lines = file("a.jsonl", "{\"text\":\"a\"}\n"), text = file("b.txt", "b");
  EXPECT_FAILURE(open({.files = {lines, text}, .validationFile = ""}), "a.jsonl' holds JSON", "b.txt'");
  EXPECT_FAILURE(open({.files = {lines}, .validationFile = text}), "b.txt'");
}

TEST_F(ExampleData, texts_need_inputs_of_ids) {
  DataOptions options{.files = {file("a.tsv", "ab\tXY\n")}, .validationFile = "", .validationFraction = 0};
  setInputs({tensor("source", TERN_I32, 0, {2}), tensor("tokens", TERN_I32, 0, {2, 4}), tensor("targets", TERN_I32, 0, {2, 4})});
  EXPECT_FAILURE(open(options), "no input 'source' of shape (batch, length)");
  setInputs({tensor("source", TERN_I32, 0, {2, 4}), tensor("tokens", TERN_I32, 0, {2, 4}), tensor("targets", TERN_I32, 0, {2, 3})});
  EXPECT_FAILURE(open(options), "'targets' of entry 'loss' has shape (2, 3)");
  setInputs({tensor("tokens", TERN_F32, 0, {2, 4}), tensor("positive_tokens", TERN_I32, 0, {2, 4})}, "embed");
  EXPECT_FAILURE(open(options), "no input 'tokens'");
}

TEST_F(ExampleData, random_ids_fill_no_other_input) {
  setInputs(translation);
  EXPECT_FAILURE(open({.files = {"random"}, .validationFile = ""}), "reads 'source'");
}

TEST_F(ExampleData, labels_are_numbered_by_value_then_by_alphabet) {
  setInputs(classes, "classify");
  std::string path = file("a.tsv", "sentence\tlabel\nx\tsad\nyy\t10\nzzzz\t9\nw\thappy\n");
  auto source = open({.files = {path}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  EXPECT_THAT((*source)->description(), HasSubstr("4 classes (0 9, 1 10, 2 happy, 3 sad)"));
  ASSERT_SUCCESS((*source)->fillOrdered(Split::Train, 0, *session, entry));
  EXPECT_THAT(ids("labels"), ElementsAre(3, 1));
  EXPECT_THAT(ids("lengths"), ElementsAre(1, 2));
  ASSERT_SUCCESS((*source)->fillOrdered(Split::Train, 1, *session, entry));
  EXPECT_THAT(ids("labels"), ElementsAre(0, 2));
  EXPECT_THAT(ids("tokens"), ElementsAre('z', 'z', 'z', 'w', pad, pad));
}

TEST_F(ExampleData, a_regression_reads_numbers_and_repeats_a_last_row) {
  setInputs({tensor("tokens", TERN_I32, 0, {2, 3}), tensor("labels", TERN_F32, 0, {2, 1})}, "regress");
  auto source = open({.files = {file("a.tsv", "a\t0.5\nb\t-2\nc\t3\n")}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  ASSERT_EQ((*source)->orderedBatches(Split::Train), 2);
  ASSERT_SUCCESS((*source)->fillOrdered(Split::Train, 0, *session, entry));
  EXPECT_THAT(*session->input<float>(entry, "labels"), ElementsAre(0.5f, -2.0f));
  EXPECT_EQ(*(*source)->fillOrdered(Split::Train, 1, *session, entry), 1);
  EXPECT_THAT(*session->input<float>(entry, "labels"), ElementsAre(3.0f, 3.0f));
  EXPECT_FAILURE(open({.files = {file("b.tsv", "a\tmany\n")}, .validationFile = ""}),
                 "b.tsv', line 1 has the label 'many'", "needs numbers");
}

TEST_F(ExampleData, pairs_that_are_compared_know_which_are_there) {
  setInputs({tensor("tokens", TERN_I32, 0, {2, 3}), tensor("positive_tokens", TERN_I32, 0, {2, 3}),
             tensor("positive_lengths", TERN_I32, 0, {2}), tensor("labels", TERN_I32, 0, {2})},
            "embed");
  auto source = open(
      {.files = {file("a.tsv", "a\tA\nb\tBB\nc\tC\n")}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  ASSERT_EQ((*source)->orderedBatches(Split::Train), 2);
  EXPECT_EQ(*(*source)->fillOrdered(Split::Train, 0, *session, entry), 2);
  EXPECT_THAT(ids("positive_tokens"), ElementsAre('A', pad, pad, 'B', 'B', pad));
  EXPECT_THAT(ids("positive_lengths"), ElementsAre(1, 2));
  EXPECT_THAT(ids("labels"), ElementsAre(0, 1));
  EXPECT_EQ(*(*source)->fillOrdered(Split::Train, 1, *session, entry), 1);
  EXPECT_THAT(ids("positive_tokens"), ElementsAre('C', pad, pad, pad, pad, pad));
  EXPECT_THAT(ids("labels"), ElementsAre(0, -100));
  ASSERT_SUCCESS((*source)->fillRandom({1, 2, 3}, *session, entry));
  EXPECT_THAT(ids("labels"), ElementsAre(0, 1));
}

constexpr std::initializer_list<tern_tensor> masked = {
    tensor("tokens", TERN_I32, 0, {2, 64}), tensor("token_types", TERN_I32, 0, {2, 64}), tensor("lengths", TERN_I32, 0, {2}),
    tensor("targets", TERN_I32, 0, {2, 64}), tensor("next_sentence", TERN_I32, 0, {2})};

// Two documents of letters: capital ones and small ones.
std::string documents() {
  std::string text;
  for (int document = 0; document < 2; ++document) {
    for (int line = 0; line < 10; ++line)
      text += std::string(20, static_cast<char>((document ? 'a' : 'A') + line)) + "\n";
    text += "\n";
  }
  return text;
}

TEST_F(ExampleData, masked_sentences_follow_the_published_shares) {
  setInputs(masked, "masked-lm");
  auto source = open({.files = {file("a.txt", documents())}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  int64_t told = 0, replaced = 0, kept = 0, words = 0, rows = 0, next = 0;
  for (uint64_t step = 0; step < 400; ++step) {
    ASSERT_SUCCESS((*source)->fillRandom({1, step, 0}, *session, entry));
    std::vector<int32_t> tokens = ids("tokens"), targets = ids("targets"), types = ids("token_types"), labels = ids("next_sentence");
    for (int row = 0; row < 2; ++row) {
      // begin, 20 letters, end, 20 letters, end
      EXPECT_EQ(tokens[row * 64], begin);
      EXPECT_EQ(tokens[row * 64 + 21], end);
      EXPECT_EQ(tokens[row * 64 + 42], end);
      EXPECT_THAT(std::span(tokens).subspan(row * 64 + 43, 21), Each(pad));
      EXPECT_EQ(ids("lengths")[row], 43);
      EXPECT_EQ(std::accumulate(&types[row * 64], &types[row * 64 + 64], 0), 21);
      for (int place = 0; place < 64; ++place) {
        int32_t id = tokens[row * 64 + place], target = targets[row * 64 + place];
        words += place > 0 && place < 42 && place != 21;
        told += target != -100;
        replaced += target != -100 && id == mask;
        kept += target != -100 && id == target;
        ASSERT_TRUE(target == -100 || (place > 0 && place < 42 && place != 21)) << place;
      }
      ++rows;
      next += labels[row] == 0;
    }
  }
  EXPECT_NEAR(static_cast<double>(told) / static_cast<double>(words), 0.15, 0.01);
  EXPECT_NEAR(static_cast<double>(replaced) / static_cast<double>(told), 0.8, 0.02);
  EXPECT_NEAR(static_cast<double>(kept) / static_cast<double>(told), 0.1, 0.02);
  EXPECT_NEAR(static_cast<double>(next) / static_cast<double>(rows), 0.5, 0.07);
}

TEST_F(ExampleData, sentences_that_fill_a_row_alone_are_counted) {
  setInputs(masked, "masked-lm");
  std::string fits(61, 'a'), tooLong(62, 'b');
  auto source = open({.files = {file("a.txt", fits + "\n" + tooLong + "\n" + fits + "\n")}, .validationFile = ""});
  ASSERT_SUCCESS(source);
  EXPECT_EQ((*source)->remarks(), "1 text cut to the length of its input");
}

TEST_F(ExampleData, next_sentence_tells_what_follows) {
  setInputs(masked, "masked-lm");
  auto source = open({.files = {file("a.txt", documents())}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  auto letter = [&](int row, int first) { // most frequent of a sentence, which masks cannot change
    std::vector<int32_t> tokens = ids("tokens");
    auto at = tokens.begin() + row * 64 + first;
    return *std::max_element(at, at + 20, [&](int32_t a, int32_t b) { return std::count(at, at + 20, a) < std::count(at, at + 20, b); });
  };
  for (int64_t index = 0; index < (*source)->orderedBatches(Split::Train); ++index) {
    ASSERT_SUCCESS((*source)->fillOrdered(Split::Train, index, *session, entry));
    std::vector<int32_t> labels = ids("next_sentence");
    for (int row = 0; row < 2; ++row)
      if (labels[row] >= 0 && letter(row, 1) != mask && letter(row, 22) != mask) {
        bool follows = letter(row, 22) == letter(row, 1) + 1;
        EXPECT_EQ(labels[row], follows ? 0 : 1);
      }
  }
}

} // namespace

} // namespace tern::rt::test
