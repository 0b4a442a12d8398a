// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that users have: of another system, of another encoding, empty, cut, or no text at all. Each is read as it was
// meant, or refused at its line.

#include "ExampleTest.h"

namespace tern::rt::test {

namespace {

// A kind of file, and the same good example in it twice.
struct Kind {
  const char *name, *good;
  std::vector<tern_tensor> inputs;
  const char *objective;
};

std::vector<Kind> kinds() {
  tern_tensor tokens = tensor("tokens", TERN_I32, 0, {2, 40}), targets = tensor("targets", TERN_I32, 0, {2, 40});
  return {{"pairs.tsv", "ab\tcd", {tensor("source", TERN_I32, 0, {2, 40}), tokens, targets}, "seq2seq"},
          {"similar.tsv", "ab\tcd", {tokens, tensor("positive_tokens", TERN_I32, 0, {2, 40})}, "embed"},
          {"labelled.tsv", "ab\tcd", {tokens, tensor("labels", TERN_I32, 0, {2})}, "classify"},
          {"masked.txt", "ab cd", {tokens, targets}, "masked-lm"},
          {"lines.jsonl", R"({"prompt": "ab", "completion": "cd"})", {tokens, targets}, "causal-lm"}};
}

class BadFiles : public ExampleData {
protected:
  Result<std::unique_ptr<BatchSource>> read(const Kind &kind, const std::string &content) {
    setInputs(kind.inputs, kind.objective);
    return open({.files = {file(kind.name, content)}, .validationFile = "", .validationFraction = 0});
  }

  // The ids of the first batch, read from `content`.
  std::vector<int32_t> tokensOf(const Kind &kind, const std::string &content) {
    auto source = read(kind, content);
    EXPECT_TRUE(source.ok()) << kind.name << ": " << source.message();
    if (!source.ok() || !(*source)->fillOrdered(Split::Train, 0, *session, entry).ok())
      return {};
    return ids("tokens");
  }
};

TEST_F(BadFiles, line_ends_of_another_system_are_line_ends) {
  for (const Kind &kind : kinds()) {
    std::string good = kind.good;
    std::vector<int32_t> expected = tokensOf(kind, good + "\n" + good + "\n");
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(tokensOf(kind, good + "\r\n" + good + "\r\n"), expected) << kind.name;
    EXPECT_EQ(tokensOf(kind, good + "\n" + good), expected) << kind.name;
    EXPECT_EQ(tokensOf(kind, "\xef\xbb\xbf" + good + "\r\n" + good), expected) << kind.name;
  }
}

TEST_F(BadFiles, an_empty_file_is_refused) {
  for (const Kind &kind : kinds())
    for (const char *content : {"", "\n", "\r\n\n", "\xef\xbb\xbf"})
      EXPECT_FAILURE(read(kind, content), kind.name, "nothing to train on");
}

TEST_F(BadFiles, bytes_that_are_no_text_are_refused_at_their_line) {
  using namespace std::string_literals;
  for (const Kind &kind : kinds()) {
    std::string good = kind.good, lead = good + "\n";
    EXPECT_FAILURE(read(kind, lead + good.substr(0, 3) + "\0"s + good.substr(3) + "\n"), kind.name,
                   "line 2 has a NUL byte, its byte 3", "iconv");
    EXPECT_FAILURE(read(kind, lead + good.substr(0, 3) + "\xff" + good.substr(3) + "\n"), kind.name,
                   "line 2 is not valid UTF-8 at its byte 3");
    EXPECT_FAILURE(read(kind, lead + good + "\xc3"), kind.name, "line 2 is not valid UTF-8"); // cut in a character
    EXPECT_FAILURE(read(kind, "\xff\xfe"s + "a\0b\0"s), kind.name, "line 1");                 // UTF-16
  }
}

TEST_F(BadFiles, a_very_long_line_is_cut_or_refused) {
  std::string ten(10 << 20, 'x');
  std::vector<Kind> all = kinds();
  for (const Kind &kind : {all[0], all[2], all[4]}) {
    std::string good = kind.good, wide = good;
    wide.replace(wide.find("ab"), 2, ten);
    if (kind.objective == std::string("causal-lm")) {
      EXPECT_FAILURE(read(kind, wide + "\n"), "nothing to train on", "1 left out"); // its response lies beyond the row
      continue;
    }
    EXPECT_EQ(tokensOf(kind, wide + "\n" + good).size(), 80u) << kind.name;
  }
  EXPECT_FAILURE(read(all[0], ten), "line 1 has no tab");
  EXPECT_FAILURE(read(all[2], ten), "line 1 has no label");
  EXPECT_FAILURE(read(all[4], ten), "line 1 is no JSON object");
  EXPECT_FAILURE(read(kinds()[4], std::string(1 << 20, '[')), "line 1 is no JSON object");
}

TEST_F(BadFiles, a_message_shows_the_beginning_of_a_long_label) {
  Kind kind = kinds()[2];
  setInputs(kind.inputs, kind.objective);
  std::string label(10 << 20, 'y');
  auto opened = open({.files = {file("a.tsv", "x\t" + label)}, .validationFile = "", .classes = {"no", label}});
  ASSERT_SUCCESS(opened);
  EXPECT_LT((*opened)->description().size(), 300u);
  auto refused = open({.files = {path("a.tsv")}, .validationFile = "", .classes = {"no", "yes"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_LT(refused.message().size(), 400u);
}

TEST_F(BadFiles, escapes_that_are_no_characters_are_refused) {
  Kind kind = kinds()[4];
  EXPECT_FAILURE(read(kind, R"({"text": "\ud800"})"), "line 1 is no JSON object");
  EXPECT_FAILURE(read(kind, R"({"text": "cut)"), "line 1 is no JSON object");
}

} // namespace

} // namespace tern::rt::test
