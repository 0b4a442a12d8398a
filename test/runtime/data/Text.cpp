// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text and uniform sources on the bigram program: what lands in the inputs, in which order, and what is refused.

#include "../FakeProgram.h"
#include "../Support.h"
#include "runtime/data/BatchSource.h"
#include "runtime/data/DefaultText.h"
#include "runtime/data/TokenArray.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace tern::rt::test {

namespace {

class TextData : public FileTest {
protected:
  TextData() : session(Session::create(bigramProgram(), 1).take()), tokenizer(makeTokenizer("bytes").take()) {
    grad = session->program().findEntry("grad");
    tokens = *session->input<int32_t>(*grad, "tokens");
    targets = *session->input<int32_t>(*grad, "targets");
  }

  Result<std::unique_ptr<BatchSource>> open(const DataOptions &options) const {
    return openData(options, session->program(), *grad, tokenizer.get());
  }

  // Bytes 0, 1, 2, ... so that a token tells its place.
  std::string counting(std::string_view name, int count) const {
    std::string text(count, '\0');
    std::iota(text.begin(), text.end(), '\0');
    return file(name, text);
  }

  std::unique_ptr<Session> session;
  std::unique_ptr<Tokenizer> tokenizer;
  const tern_entry *grad;
  std::span<int32_t> tokens, targets;
};

TEST_F(TextData, random_batches_are_windows_with_next_tokens) {
  auto source = open({.files = {counting("a", 100)}, .validationFile = ""});
  ASSERT_SUCCESS(source);
  EXPECT_EQ((*source)->itemsPerBatch(), 32);
  std::set<int32_t> starts;
  for (uint64_t step = 0; step < 200; ++step) {
    ASSERT_SUCCESS((*source)->fillRandom({1, step, 0}, *session, *grad));
    for (int row = 0; row < 4; ++row) {
      starts.insert(tokens[row * 8]);
      for (int place = 0; place < 8; ++place) {
        ASSERT_EQ(tokens[row * 8 + place], tokens[row * 8] + place);
        ASSERT_EQ(targets[row * 8 + place], tokens[row * 8 + place] + 1);
      }
    }
  }
  // 90 training tokens: windows of nine start at 0 to 81, and the last target is token 89.
  EXPECT_EQ(*starts.begin(), 0);
  EXPECT_EQ(*starts.rbegin(), 81);
}

TEST_F(TextData, a_batch_depends_on_its_key_only) {
  auto first = open({}), second = open({});
  ASSERT_SUCCESS(first);
  std::set<std::vector<int32_t>> seen;
  const BatchKey keys[] = {{1, 1, 0}, {1, 1, 1}, {1, 2, 0}, {2, 1, 0}};
  for (BatchKey key : keys) {
    ASSERT_SUCCESS((*first)->fillRandom(key, *session, *grad));
    std::vector<int32_t> batch(tokens.begin(), tokens.end());
    ASSERT_SUCCESS((*second)->fillRandom(key, *session, *grad));
    EXPECT_TRUE(std::ranges::equal(batch, tokens));
    seen.insert(batch);
  }
  EXPECT_EQ(seen.size(), 4u);
}

// The targets of a split, in order, as the batches deliver them.
std::vector<int32_t> orderedTargets(BatchSource &source, Split split, Session &session, const tern_entry &entry) {
  std::vector<int32_t> all;
  auto targets = *session.input<int32_t>(entry, "targets");
  for (int64_t index = 0; index < source.orderedBatches(split); ++index) {
    auto counted = source.fillOrdered(split, index, session, entry);
    EXPECT_TRUE(counted.ok());
    EXPECT_EQ(*counted, std::ranges::count_if(targets, [](int32_t id) { return id != ignoredTarget; }));
    std::ranges::copy_if(targets, std::back_inserter(all), [](int32_t id) { return id != ignoredTarget; });
  }
  return all;
}

TEST_F(TextData, ordered_batches_count_every_target_once) {
  auto source = open({.files = {counting("a", 100)}, .validationFile = ""});
  ASSERT_SUCCESS(source);
  std::vector<int32_t> train(89), validation(9);
  std::iota(train.begin(), train.end(), 1);
  std::iota(validation.begin(), validation.end(), 91);
  EXPECT_EQ(orderedTargets(**source, Split::Train, *session, *grad), train);
  EXPECT_EQ(orderedTargets(**source, Split::Validation, *session, *grad), validation);
  EXPECT_EQ((*source)->orderedBatches(Split::Validation), 1);
  EXPECT_THAT((*source)->description(), testing::HasSubstr("90 training tokens, 10 for validation"));
}

TEST_F(TextData, a_validation_file_keeps_all_training_text) {
  auto source = open({.files = {counting("a", 20), counting("b", 20)}, .validationFile = counting("v", 5)});
  ASSERT_SUCCESS(source);
  EXPECT_EQ(orderedTargets(**source, Split::Train, *session, *grad).size(), 39u);
  EXPECT_EQ(orderedTargets(**source, Split::Validation, *session, *grad), (std::vector<int32_t>{1, 2, 3, 4}));
  EXPECT_FAILURE(open({.files = {path("a")}, .validationFile = counting("v", 1)}), "1 tokens, too few to validate on");
  EXPECT_FAILURE(open({.files = {path("a")}, .validationFile = path("none")}), "No such file");
}

TEST_F(TextData, no_validation_split_when_none_is_wanted) {
  auto source = open({.files = {counting("a", 100)}, .validationFile = "", .validationFraction = 0});
  ASSERT_SUCCESS(source);
  EXPECT_EQ((*source)->orderedBatches(Split::Validation), 0);
  EXPECT_EQ(orderedTargets(**source, Split::Train, *session, *grad).size(), 99u);
  EXPECT_FAILURE(open({.files = {path("a")}, .validationFile = "", .validationFraction = 1}), "below 1");
}

TEST_F(TextData, refuses_what_does_not_fit) {
  EXPECT_FAILURE(open({.files = {counting("a", 9)}, .validationFile = ""}), "8 training tokens", "one sequence needs 9",
                 "--seq");
  EXPECT_FAILURE(open({.files = {path("none")}, .validationFile = ""}), "No such file");
  EXPECT_FAILURE(open({.files = {file("empty", "")}, .validationFile = ""}), "0 training tokens");
  EXPECT_FAILURE(openData({}, session->program(), *grad, nullptr), "text needs a tokenizer");
  const tern_entry &update = *session->program().findEntry("update");
  EXPECT_FAILURE(openData({}, session->program(), update, nullptr), "neither 'tokens' (text) nor 'features'");
}

TEST_F(TextData, refuses_ids_beyond_the_vocabulary) {
  tern_manifest manifest = bigramProgram();
  manifest.vocab = 100;
  Program program = Program::create(manifest).take();
  DataOptions options{.files = {file("a", "abcdefghijklm")}, .validationFile = ""};
  EXPECT_FAILURE(openData(options, program, *grad, tokenizer.get()), path("a"), "token 100", "vocabulary has 100",
                 "--define");
}

TEST_F(TextData, a_character_outside_the_vocabulary_is_located) {
  auto characters = makeTokenizer("chars", "ab\n").take();
  DataOptions options{.files = {file("a", "abababababababc")}, .validationFile = ""};
  EXPECT_FAILURE(openData(options, session->program(), *grad, characters.get()), path("a"), "\"c\" at byte 14");
}

TEST_F(TextData, refuses_an_entry_of_another_shape) {
  auto source = open({});
  ASSERT_SUCCESS(source);
  const tern_entry &forward = *session->program().findEntry("forward");
  EXPECT_FAILURE((*source)->fillRandom({1, 1, 1}, *session, forward), "entry 'forward' holds 8 ids",
                 "4 sequences of 8");
}

TEST_F(TextData, long_files_are_cut_between_characters) {
  std::string text = "x";
  while (text.size() < (3u << 20))
    text += "\u20ac\u00e9\U0001f600";
  auto characters = makeTokenizer("chars", text).take();
  DataOptions options{.files = {file("long", text)}, .validationFile = "", .validationFraction = 0};
  auto source = openData(options, session->program(), *grad, characters.get());
  ASSERT_SUCCESS(source);
  EXPECT_THAT((*source)->description(),
              testing::HasSubstr(std::to_string(1 + (text.size() - 1) / 9 * 3) + " training tokens"));
}

TEST_F(TextData, long_files_are_cut_between_lines) {
  std::string text;
  while (text.size() < (3u << 20))
    text += "every one\n";
  auto words = makeTokenizer("words", text).take();
  tern_manifest manifest = bigramProgram();
  manifest.vocab = 300;
  Program program = Program::create(manifest).take();
  DataOptions options{.files = {file("long", text)}, .validationFile = "", .validationFraction = 0};
  auto source = openData(options, program, *grad, words.get());
  ASSERT_SUCCESS(source);
  EXPECT_THAT((*source)->description(), testing::HasSubstr(std::to_string(text.size() / 10 * 3) + " training tokens"));
}

TEST_F(TextData, the_default_text_is_embedded) {
  EXPECT_GT(defaultText().size(), 1000u);
  ASSERT_SUCCESS(makeTokenizer("chars", defaultText()));
  auto corpus = readCorpus({});
  ASSERT_SUCCESS(corpus);
  EXPECT_TRUE(*corpus == defaultText());
}

TEST_F(TextData, the_corpus_is_all_files) {
  auto corpus = readCorpus({.files = {file("a", "one"), file("b", "two")}, .validationFile = file("v", "three")});
  ASSERT_SUCCESS(corpus);
  EXPECT_EQ(*corpus, "onetwothree");
  EXPECT_FAILURE(readCorpus({.files = {path("none")}, .validationFile = ""}), "No such file");
}

TEST_F(TextData, uniform_ids_cover_the_vocabulary) {
  auto source = open({.files = {"random"}, .validationFile = ""});
  ASSERT_SUCCESS(source);
  std::set<int32_t> seen;
  for (uint64_t step = 0; step < 100; ++step) {
    ASSERT_SUCCESS((*source)->fillRandom({1, step, 0}, *session, *grad));
    seen.insert(tokens.begin(), tokens.end());
    for (int place = 0; place < 32; ++place)
      if (place % 8 != 7)
        ASSERT_EQ(targets[place], tokens[place + 1]);
  }
  EXPECT_EQ(seen.size(), 256u);
  EXPECT_EQ(*seen.begin(), 0);
  EXPECT_EQ(*(*source)->fillOrdered(Split::Validation, 0, *session, *grad), 32);
  tern_manifest manifest = bigramProgram();
  manifest.vocab = 0;
  Program program = Program::create(manifest).take();
  EXPECT_FAILURE(openData({.files = {"random"}, .validationFile = ""}, program, *grad, nullptr), "has none");
}

TEST(TokenArray, holds_ids_of_every_width) {
  for (int32_t vocabulary : {256, 65536, 1 << 30}) {
    TokenArray tokens(vocabulary);
    std::vector<int32_t> ids{0, vocabulary - 1, 7}, read(2);
    tokens.append(ids);
    EXPECT_EQ(tokens.size(), 3);
    tokens.copy(1, read);
    EXPECT_EQ(read, (std::vector<int32_t>{vocabulary - 1, 7}));
  }
}

} // namespace

} // namespace tern::rt::test
