// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prompts, responses and messages: what is read, what is learned, and several examples in one row.

#include "ExampleTest.h"

#include <algorithm>

namespace tern::rt::test {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr std::initializer_list<tern_tensor> dialogue = {tensor("tokens", TERN_I32, 0, {2, 80}),
                                                         tensor("targets", TERN_I32, 0, {2, 80})};

class DialogueData : public ExampleData {
protected:
  // The first rows of the data, as text: END for the end token, PAD for padding, _ for a target that is ignored.
  std::string row(std::string_view role, int64_t index) {
    std::vector<int32_t> all = ids(role);
    int64_t width = std::ssize(all) / 2;
    std::string text;
    for (int32_t id : std::span(all).subspan(static_cast<size_t>(index * width), static_cast<size_t>(width)))
      text += id == end ? "END" : id == pad ? "PAD" : id == ignoredTarget ? "_" : std::string(1, static_cast<char>(id));
    while (text.ends_with("PAD") || (role == "targets" && text.ends_with("_")))
      text.resize(text.size() - (text.ends_with("PAD") ? 3 : 1));
    return text;
  }

  // Opens lines, all for training, and fills the first batch; `counted` is what its mean counts.
  std::unique_ptr<BatchSource> fill(const std::string &path, bool pack = false) {
    auto opened = open({.files = {path}, .validationFile = "", .validationFraction = 0, .pack = pack});
    EXPECT_TRUE(opened.ok()) << opened.message();
    if (!opened.ok())
      return nullptr;
    counted = *(*opened)->fillOrdered(Split::Train, 0, *session, entry);
    return opened.take();
  }

  void expectRefused(const std::string &lines, std::initializer_list<std::string> parts) {
    auto opened = open({.files = {file("bad.jsonl", lines)}, .validationFile = ""});
    ASSERT_FALSE(opened.ok()) << lines;
    for (const std::string &part : parts)
      EXPECT_THAT(opened.message(), HasSubstr(part));
  }

  int64_t counted = 0;
};

TEST_F(DialogueData, only_responses_are_learned) {
  setInputs(dialogue, "causal-lm");
  fill(file("a.jsonl", R"({"prompt": "2+2=", "completion": "4"}
{"instruction": "say", "input": "ho", "output": "hi"}
)"));
  EXPECT_EQ(counted, 2 + 3);
  EXPECT_EQ(row("tokens", 0), "2+2=4");
  EXPECT_EQ(row("targets", 0), "___4END");
  EXPECT_EQ(row("tokens", 1), "### Instruction:\nsay\n\n### Input:\nho\n\n### Response:\nhi");
  EXPECT_EQ(row("targets", 1), std::string(50, '_') + "hiEND");
}

TEST_F(DialogueData, messages_become_text_by_the_template) {
  setInputs(dialogue, "causal-lm");
  std::string said = R"({"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "hi"}, )"
                     R"({"role": "assistant", "content": "ho"}, {"role": "user", "content": "?"}, )"
                     R"({"role": "assistant", "content": "!"}, {"role": "user", "content": "unanswered"}]})";
  std::string shared =
      R"({"conversations": [{"from": "system", "value": "S"}, {"from": "human", "value": "hi"}, )"
      R"({"from": "gpt", "value": "ho"}, {"from": "human", "value": "?"}, {"from": "gpt", "value": "!"}]})";
  fill(file("a.jsonl", said + "\n" + shared + "\n"));
  EXPECT_EQ(counted, 2 * (3 + 2));
  // The last token is learned, not read; what follows the last response is left out.
  EXPECT_EQ(row("tokens", 0), "<|system|>\nS\n<|user|>\nhi\n<|assistant|>\nhoEND<|user|>\n?\n<|assistant|>\n!");
  EXPECT_EQ(row("targets", 0), std::string(38, '_') + "hoEND" + std::string(25, '_') + "!END");
  EXPECT_EQ(row("tokens", 1), row("tokens", 0));
  EXPECT_EQ(row("targets", 1), row("targets", 0));
}

TEST_F(DialogueData, dialogues_say_what_is_wrong_with_a_line) {
  setInputs(dialogue, "causal-lm");
  expectRefused("{\"text\": \"a\"}\n[1]\n", {"bad.jsonl', line 2", "no JSON object"});
  expectRefused("{\"title\": \"a\"}\n", {"line 1", "\"messages\""});
  expectRefused("{\"instruction\": 3, \"output\": \"\"}\n", {"\"instruction\" is no text but number"});
  expectRefused("{\"instruction\": \"a\"}\n", {"line 1 has no \"output\"; add it"});
}

TEST_F(DialogueData, messages_say_what_is_wrong_with_them) {
  setInputs(dialogue, "causal-lm");
  expectRefused("\n{\"messages\": {\"role\": \"user\"}}\n",
                {"bad.jsonl', line 2: \"messages\" is no array but object", "expected [{"});
  expectRefused("{\"messages\": [\"hi\"]}\n", {"line 1: message 1 has no text \"role\"", "{\"role\": \"user\""});
  expectRefused("{\"messages\": [{\"content\": \"hi\"}]}\n", {"line 1: message 1 has no text \"role\""});
  expectRefused("{\"conversations\": [{\"from\": \"gpt\", \"value\": null}]}\n",
                {"message 1 has no text \"value\"", "{\"from\": \"user\""});
  expectRefused(
      "{\"messages\": [{\"role\": \"assistant\", \"content\": \"\"}, {\"role\": \"tool\", \"content\": \"\"}]}\n",
      {"line 1: message 2 is of 'tool'", "system, user (or human)", "rename the role"});
  expectRefused("{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}\n",
                {"line 1 has no message of the assistant", "remove the line"});
  expectRefused("{\"messages\": []}\n", {"no message of the assistant"});
}

TEST_F(DialogueData, an_array_of_examples_is_read_as_well) {
  setInputs(dialogue, "causal-lm");
  fill(file("a.json", "[\n {\"prompt\": \"a\",\n \"response\": \"b\"}, {\"text\": \"cd\"}]"));
  EXPECT_EQ(row("tokens", 0), "ab");
  EXPECT_EQ(row("tokens", 1), "cd");
  EXPECT_FAILURE(open({.files = {file("b.json", "[{\"text\": \"a\"}, {\"title\": 1}]")}, .validationFile = ""}),
                 "b.json', example 2 has none of");
  EXPECT_FAILURE(open({.files = {file("c.json", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n")}, .validationFile = ""}),
                 "c.json' is no JSON array", ".jsonl");
}

TEST_F(DialogueData, what_does_not_fit_is_counted) {
  setInputs({tensor("tokens", TERN_I32, 0, {2, 6}), tensor("targets", TERN_I32, 0, {2, 6})}, "causal-lm");
  auto source = fill(file("a.jsonl", R"({"prompt": "abc", "completion": "defgh"}
{"prompt": "a long prompt", "completion": "x"}
{"prompt": "abc", "completion": "de"}
)"));
  EXPECT_EQ(source->remarks(), "2 texts cut to the length of their input, 1 left out (no response within --seq)");
  EXPECT_EQ(row("tokens", 0), "abcdef");
  EXPECT_EQ(row("targets", 0), "__defg");
  EXPECT_EQ(row("targets", 1), "__deEND");
}

TEST_F(DialogueData, a_small_vocabulary_has_no_end) {
  setInputs(dialogue, "causal-lm", 256);
  auto source = fill(file("a.jsonl", "{\"prompt\": \"a\", \"completion\": \"bc\"}\n"));
  EXPECT_EQ(row("targets", 0), "bc");
  EXPECT_THAT(source->remarks(), HasSubstr("responses without an end"));
  EXPECT_FAILURE(open({.files = {path("a.jsonl")}, .validationFile = "", .pack = true}), "token 'end'",
                 "ternc --define vocab=260");
}

//===-- packed rows
//---------------------------------------------------------------------------------------------------===//

constexpr std::initializer_list<tern_tensor> shortRows = {tensor("tokens", TERN_I32, 0, {2, 12}),
                                                          tensor("targets", TERN_I32, 0, {2, 12})};

TEST_F(DialogueData, examples_share_a_row_where_they_leave_least_room) {
  setInputs(shortRows, "causal-lm");
  // 8, 4, 3 and 3 tokens: the third fits behind the first alone, the fourth only behind the second.
  auto source = fill(file("a.jsonl", R"({"prompt": "abcdefg", "completion": "h"}
{"prompt": "ABC", "completion": "D"}
{"prompt": "12", "completion": "3"}
{"prompt": "x", "completion": "yz"}
)"),
                     true);
  EXPECT_EQ(source->orderedBatches(Split::Train), 1);
  EXPECT_EQ(row("tokens", 0), "abcdefghEND123");
  EXPECT_EQ(row("targets", 0), "______hEND__3END"); // the end of the first does not learn to say 1
  EXPECT_EQ(row("tokens", 1), "ABCDENDxyz");
  EXPECT_EQ(row("targets", 1), "__DEND_yzEND");
  EXPECT_EQ(counted, 2 + 2 + 2 + 3);
  EXPECT_EQ(source->remarks(),
            "packed: 83 % of the places are tokens, in 2 rows for training, 0 for validation"); // 20 of 24
}

TEST_F(DialogueData, packing_learns_the_same_and_cuts_nothing) {
  setInputs(shortRows, "causal-lm");
  auto prompt = [](int number) { return std::to_string(number * number) + "="; };
  auto response = [](int number) { return std::string(number % 5, static_cast<char>('a' + number % 26)); };
  std::string lines;
  for (int number = 0; number < 200; ++number)
    lines += "{\"prompt\": \"" + prompt(number) + "\", \"completion\": \"" + response(number) + "\"}\n";
  std::string data = file("a.jsonl", lines);
  auto learned = [&](bool pack) {
    auto source = fill(data, pack);
    std::string tokens, targets;
    int64_t items = 0;
    for (int64_t index = 0; index < source->orderedBatches(Split::Train); ++index) {
      items += *source->fillOrdered(Split::Train, index, *session, entry);
      for (int64_t at : {0, 1})
        tokens += row("tokens", at) + "END", targets += row("targets", at);
    }
    std::ranges::sort(targets);
    std::erase(targets, '_');
    return std::tuple(items, targets, tokens, source->orderedBatches(Split::Train));
  };
  auto [items, targets, tokens, batches] = learned(false);
  auto [packedItems, packedTargets, packedTokens, packedBatches] = learned(true);
  EXPECT_EQ(packedItems, items);
  EXPECT_EQ(packedTargets, targets);
  EXPECT_LT(packedBatches, batches);
  for (int number = 0; number < 200; ++number)
    EXPECT_THAT(packedTokens, HasSubstr(prompt(number) + response(number) + "END"));
}

TEST_F(DialogueData, validation_is_packed_apart) {
  setInputs(shortRows, "causal-lm");
  auto source = open({.files = {file("a.jsonl", "{\"text\": \"ab\"}\n{\"text\": \"cd\"}\n")},
                      .validationFile = file("b.jsonl", "{\"text\": \"xy\"}\n"),
                      .pack = true});
  ASSERT_SUCCESS(source);
  EXPECT_EQ(*(*source)->fillOrdered(Split::Validation, 0, *session, entry), 2);
  EXPECT_EQ(row("tokens", 0), "xy");
  EXPECT_THAT((*source)->remarks(), HasSubstr("in 1 rows for training, 1 for validation"));
}

TEST_F(DialogueData, packed_draws_are_a_function_of_their_key) {
  setInputs(shortRows, "causal-lm");
  std::string lines;
  for (char letter = 'a'; letter <= 'z'; ++letter)
    lines += std::string("{\"text\": \"") + letter + letter + "\"}\n";
  auto source = fill(file("a.jsonl", lines), true);
  ASSERT_SUCCESS(source->fillRandom({1, 2, 0}, *session, entry));
  std::vector<int32_t> first = ids("tokens");
  ASSERT_SUCCESS(source->fillRandom({1, 3, 0}, *session, entry));
  EXPECT_NE(ids("tokens"), first);
  ASSERT_SUCCESS(source->fillRandom({1, 2, 0}, *session, entry));
  EXPECT_EQ(ids("tokens"), first);
}

TEST_F(DialogueData, only_examples_of_a_language_model_are_packed) {
  setInputs(dialogue, "causal-lm");
  EXPECT_FAILURE(open({.files = {file("a.txt", std::string(500, 'a'))}, .validationFile = "", .pack = true}), "--pack",
                 "fills its rows without it");
  EXPECT_FAILURE(open({.files = {"random"}, .validationFile = "", .pack = true}), "--pack", "a row for each");
  setInputs({tensor("tokens", TERN_I32, 0, {2, 3}), tensor("labels", TERN_I32, 0, {2})}, "classify");
  EXPECT_FAILURE(open({.files = {file("a.tsv", "a\tb\n")}, .validationFile = "", .pack = true}), "--pack",
                 "a row for each");
}

} // namespace

} // namespace tern::rt::test
