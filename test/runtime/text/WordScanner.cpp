// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words that the scanners find are those of the regular expressions, and those are the published ones.

#include "runtime/text/WordScanner.h"

#include "Samples.h"
#include "runtime/text/Splitter.h"

namespace tern::rt::test {

namespace {

std::vector<std::string> wordsOf(const Splitter &splitter, std::string_view text) {
  std::vector<std::string> words;
  Status status = splitter.split(text, [&](Splitter::Words batch) {
    words.insert(words.end(), batch.begin(), batch.end());
    return success();
  });
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.message());
  return words;
}

Splitter splitterOf(std::string_view pattern, bool withScanner) {
  auto stage = SplitStage::compile(pattern);
  EXPECT_TRUE(stage.ok());
  EXPECT_TRUE(stage->fast.has_value());
  Splitter splitter;
  splitter.add(stage.take());
  if (!withScanner)
    splitter.forgetScanners();
  return splitter;
}

using Words = std::vector<std::string>;

TEST(WordScanner, words_of_gpt2) {
  Splitter splitter = splitterOf(gpt2Words, true);
  EXPECT_EQ(wordsOf(splitter, "I'll  pay 1234.50\n\n now"), (Words{"I", "'ll", " ", " pay", " 1234", ".", "50", "\n\n", " now"}));
  EXPECT_EQ(wordsOf(splitter, "IT'S caf\u00e9s \t "), (Words{"IT", "'", "S", " caf\u00e9s", " \t "}));
}

TEST(WordScanner, words_of_llama3) {
  Splitter splitter = splitterOf(llama3Words, true);
  EXPECT_EQ(wordsOf(splitter, "IT'S (x) 12345 ok!\n\n  now"),
            (Words{"IT", "'S", " (", "x", ")", " ", "123", "45", " ok", "!\n\n", " ", " now"}));
  EXPECT_EQ(wordsOf(splitter, "a \n \n b'\u017f"), (Words{"a", " \n \n", " b", "'\u017f"}));
}

TEST(WordScanner, words_of_qwen) {
  Splitter splitter = splitterOf(qwenWords, true);
  EXPECT_EQ(wordsOf(splitter, "in 2024"), (Words{"in", " ", "2", "0", "2", "4"}));
}

TEST(WordScanner, knows_only_its_patterns) { EXPECT_FALSE(WordScanner::of("\\s+").has_value()); }

TEST(WordScanner, finds_what_the_expression_finds) {
  std::mt19937_64 generator(1);
  for (std::string_view pattern : {gpt2Words, llama3Words, qwenWords, spacedWords}) {
    Splitter fast = splitterOf(pattern, true), slow = splitterOf(pattern, false);
    for (int round = 0; round < 4000; ++round) {
      std::string text = randomText(generator, 1 + generator() % 24);
      if (round % 2) // nothing beyond ASCII: the scanner alone
        std::erase_if(text, [](char byte) { return static_cast<unsigned char>(byte) >= 128; });
      ASSERT_EQ(wordsOf(fast, text), wordsOf(slow, text)) << text;
    }
  }
}

TEST(Splitter, gaps_are_words_or_dropped) {
  for (bool dropsGaps : {false, true}) {
    Splitter splitter;
    auto stage = SplitStage::compile("[a-z]+", dropsGaps);
    ASSERT_SUCCESS(stage);
    splitter.add(stage.take());
    EXPECT_EQ(wordsOf(splitter, "-ab--c-"), dropsGaps ? (Words{"ab", "c"}) : (Words{"-", "ab", "--", "c", "-"}));
  }
}

TEST(Splitter, stages_split_further) {
  Splitter splitter;
  for (std::string_view pattern : {"\\p{N}", "[a-z]+|x*"}) {
    auto stage = SplitStage::compile(pattern);
    ASSERT_SUCCESS(stage);
    splitter.add(stage.take());
  }
  EXPECT_EQ(wordsOf(splitter, "ab12\u20accd"), (Words{"ab", "1", "2", "\u20ac", "cd"}));
  EXPECT_EQ(wordsOf(Splitter(), "a b"), (Words{"a b"}));
}

TEST(Pattern, refuses_what_is_no_expression) {
  EXPECT_FAILURE(Pattern::compile("a(b"), "not a regular expression", "near \"a(b\"");
  EXPECT_FAILURE(Pattern::compile("\\C"), "not a regular expression");
}

TEST(Pattern, spaces_are_those_of_unicode) {
  auto pattern = Pattern::compile("\\s[^\\s]\\\\s");
  ASSERT_SUCCESS(pattern);
  Matcher matcher(*pattern);
  Extent match;
  EXPECT_EQ(matcher.find("\u0085\u180e\\s", 0, match), Matcher::Outcome::Found);
  EXPECT_EQ(matcher.find("\u180ea\\s", 0, match), Matcher::Outcome::None);
}

TEST(Pattern, gives_up_on_endless_searches) {
  Splitter splitter;
  auto stage = SplitStage::compile("(a|aa)+$");
  ASSERT_SUCCESS(stage);
  splitter.add(stage.take());
  Status status = splitter.split(std::string(60, 'a') + "b", [](Splitter::Words) { return success(); });
  EXPECT_FAILURE(status, "cannot be applied to this text", "match limit");
}

} // namespace

} // namespace tern::rt::test
