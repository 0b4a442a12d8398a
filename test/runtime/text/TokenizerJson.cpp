// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tokenizer.json with byte-level models: what it says is done, and what is damaged or unknown is refused by its place.

#include "runtime/text/TokenizerJson.h"

#include "Samples.h"

namespace tern::rt::test {

namespace {

using nlohmann::json;
using Ids = std::vector<int32_t>;

std::unique_ptr<Tokenizer> parsed(const json &object) {
  auto tokenizer = parseTokenizer(object.dump(), "t.json");
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.message();
  return tokenizer.ok() ? tokenizer.take() : nullptr;
}

// The small tokenizer with the value at `pointer` replaced.
json edited(const std::string &pointer, json value) {
  json object = smallByteLevel();
  object[json::json_pointer(pointer)] = std::move(value);
  return object;
}

Status refused(const json &object) {
  auto tokenizer = parseTokenizer(object.dump(), "t.json");
  return tokenizer.ok() ? success() : Status(tokenizer.takeError());
}

Status refused(const std::string &pointer, json value) { return refused(edited(pointer, std::move(value))); }

TEST(TokenizerJson, words_are_merged) {
  auto tokenizer = parsed(smallByteLevel());
  EXPECT_EQ(tokenizer->name(), "bpe");
  EXPECT_EQ(tokenizer->vocabularySize(), 261);
  EXPECT_EQ(encoded(*tokenizer, "the the"), (Ids{'t', 257, 258}));
  EXPECT_EQ(encoded(*tokenizer, "ab the ab the"), (Ids{259, 258, ' ', 259, 258}));
  EXPECT_EQ(encoded(*tokenizer, "\u00e9"), (Ids{0xc3, 0xa9}));
  EXPECT_EQ(tokenizer->tokenBytes(258), " the");
  EXPECT_EQ(tokenizer->decode(Ids{0xc3, 0xa9, 258, 261, -1}), "\u00e9 the");
}

TEST(TokenizerJson, merges_as_lists) {
  auto tokenizer = parsed(edited("/model/merges/1", json{"h", "e"}));
  EXPECT_EQ(encoded(*tokenizer, " the"), Ids{258});
}

TEST(TokenizerJson, whole_words_may_go_first) {
  json object = edited("/model/ignore_merges", true);
  object["model"]["merges"] = json::array();
  EXPECT_EQ(encoded(*parsed(object), "ab he the"), (Ids{259, ' ', 'h', 'e', 258}));
}

TEST(TokenizerJson, added_tokens_are_found_first) {
  auto tokenizer = parsed(smallByteLevel());
  EXPECT_EQ(encoded(*tokenizer, "ab<|endoftext|><|endoftext|>ab"), (Ids{259, 260, 260, 259}));
  EXPECT_EQ(tokenizer->special(SpecialToken::End), 260);
  EXPECT_EQ(tokenizer->special(SpecialToken::Begin), 260);
  EXPECT_EQ(tokenizer->special(SpecialToken::Pad), 261);
  json object = edited("/added_tokens/1", {{"id", 262}, {"content", "<|end"}, {"lstrip", true}, {"rstrip", true}});
  tokenizer = parsed(object);
  EXPECT_EQ(tokenizer->vocabularySize(), 263);
  EXPECT_EQ(tokenizer->tokenBytes(261), "");
  EXPECT_EQ(encoded(*tokenizer, "a \n<|end b<|endoftext|> b"), (Ids{'a', 262, 'b', 260, ' ', 'b'}));
}

TEST(TokenizerJson, text_is_normalised_between_raw_tokens) {
  json object = edited("/normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}}}});
  object["added_tokens"][1] = {{"id", 261}, {"content", "e\u0301"}, {"normalized", false}};
  object["added_tokens"][2] = {{"id", 262}, {"content", "\u00f6"}, {"normalized", true}};
  EXPECT_EQ(encoded(*parsed(object), "e\u0301a\u0301o\u0308"), (Ids{261, 0xc3, 0xa1, 262}));
  object = edited("/normalizer", {{"type", "Replace"}, {"pattern", {{"String", "xx"}}}, {"content", "a"}});
  EXPECT_EQ(encoded(*parsed(object), "xxxb"), (Ids{'a', 'x', 'b'}));
  object = edited("/normalizer", {{"type", "Prepend"}, {"prepend", "a"}});
  EXPECT_EQ(encoded(*parsed(object), "b"), (Ids{259}));
}

TEST(TokenizerJson, a_space_before_the_text) {
  auto tokenizer = parsed(edited("/pre_tokenizer/add_prefix_space", true));
  EXPECT_EQ(encoded(*tokenizer, "the the"), (Ids{258, 258}));
  EXPECT_EQ(encoded(*tokenizer, " the"), (Ids{258}));
}

TEST(TokenizerJson, splits_in_sequence) {
  json byteLevel = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
  auto with = [&](json first) {
    return parsed(edited("/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {std::move(first), byteLevel}}}));
  };
  json split = {{"type", "Split"}, {"pattern", {{"Regex", "a+"}}}, {"behavior", "Isolated"}, {"invert", false}};
  EXPECT_EQ(encoded(*with(split), " the ab"), (Ids{258, ' ', 'a', 'b'}));
  split["pattern"] = {{"String", "."}};
  EXPECT_EQ(encoded(*with(split), "a.b ab"), (Ids{'a', '.', 'b', ' ', 259}));
  split = {{"type", "Split"}, {"pattern", {{"Regex", "\\w+"}}}, {"behavior", "Removed"}, {"invert", true}};
  EXPECT_EQ(encoded(*with(split), "ab, he"), (Ids{259, 257}));
  json digits = {{"type", "Digits"}, {"individual_digits", true}};
  EXPECT_EQ(encoded(*with(digits), "ab12"), (Ids{259, '1', '2'}));
}

TEST(TokenizerJson, what_stands_before_a_text) {
  auto leading = [](const json &object) {
    auto tokenizer = parsed(object);
    return Ids(tokenizer->leading().begin(), tokenizer->leading().end());
  };
  EXPECT_EQ(leading(smallByteLevel()), Ids{});
  json token = {{"SpecialToken", {{"id", "<|endoftext|>"}, {"type_id", 0}}}};
  json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  json processor = {{"type", "TemplateProcessing"}, {"single", {token, text, token, token}}};
  EXPECT_EQ(leading(edited("/post_processor", processor)), Ids{260});
  json sequence = {{"type", "Sequence"}, {"processors", {{{"type", "ByteLevel"}}, processor}}};
  EXPECT_EQ(leading(edited("/post_processor", sequence)), Ids{260});
  json pair = {{"type", "RobertaProcessing"}, {"cls", {"<|endoftext|>", 260}}};
  EXPECT_EQ(leading(edited("/post_processor", pair)), Ids{260});
}

TEST(TokenizerJson, bytes_that_are_no_text_are_kept) {
  auto tokenizer = parsed(smallByteLevel());
  EXPECT_EQ(encoded(*tokenizer, "ab\xff\xe2\x82 ab\xc3"), (Ids{259, 0xff, 0xe2, 0x82, ' ', 259, 0xc3}));
  json object = smallByteLevel();
  object["model"]["vocab"].erase("z");
  Ids ids;
  EXPECT_FAILURE(parsed(object)->encode("aaz", ids), "no token for the byte 122");
}

TEST(TokenizerJson, random_texts_come_back) {
  auto tokenizer = parsed(smallByteLevel());
  std::mt19937_64 generator(3);
  for (int round = 0; round < 10000; ++round) {
    std::string text = randomText(generator, generator() % 40);
    ASSERT_EQ(tokenizer->decode(encoded(*tokenizer, text)), text);
  }
}

TEST(TokenizerJson, long_words_and_short_ones_agree) {
  auto tokenizer = parsed(smallByteLevel());
  std::string text;
  for (int count = 0; count < 100000; ++count)
    text += "ab"; // one word
  EXPECT_EQ(encoded(*tokenizer, text), Ids(100000, 259));
}

TEST(TokenizerJson, descriptions_are_the_file) {
  std::string text = smallByteLevel().dump(2);
  auto tokenizer = parseTokenizer(text, "t.json");
  ASSERT_SUCCESS(tokenizer);
  EXPECT_EQ((*tokenizer)->description(), text);
}

TEST(TokenizerJson, refuses_texts_that_explode) {
  json object = smallByteLevel(), steps = json::array();
  for (int count = 0; count < 40; ++count)
    steps.push_back({{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}});
  object["normalizer"] = {{"type", "Sequence"}, {"normalizers", steps}};
  Ids ids;
  EXPECT_FAILURE(parsed(object)->encode("a", ids), "the tokenizer's normalizer makes 1 bytes of text longer than");
}

TEST(TokenizerJson, refuses_endless_stages) {
  json object = smallByteLevel(), stages = json::array();
  for (int count = 0; count < 40; ++count)
    stages.push_back({{"type", "WhitespaceSplit"}});
  object["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", stages}};
  EXPECT_FAILURE(parseTokenizer(object.dump(), "t.json"), "is one stage too many; 32 are possible");
}

TEST(TokenizerJson, refuses_damaged_models) {
  EXPECT_FAILURE(refused("/model", 3), "'t.json': model is 3", "expected an object");
  EXPECT_FAILURE(refused("/model/type", "Unigram"), "model.type is \"Unigram\"", "does not have");
  EXPECT_FAILURE(refused("/model/type", nullptr), "model.type is missing");
  EXPECT_FAILURE(refused("/model/vocab", json::array()), "model.vocab is []", "expected an object");
  EXPECT_FAILURE(refused("/model/vocab", nullptr), "model.vocab is missing");
  EXPECT_FAILURE(refused("/model/vocab/he", 256), "model.vocab of \"\u0120t\" is 256", "which is also");
  EXPECT_FAILURE(refused("/model/vocab/he", -1), "model.vocab of \"he\" is -1", "a token id");
  EXPECT_FAILURE(refused("/model/vocab/he", 1.5), "is 1.5", "a token id");
  EXPECT_FAILURE(refused("/model/vocab/he", 4000000000u), "a token id, from 0 to");
  EXPECT_FAILURE(refused("/model/vocab/he", 9000000), "is 9000000, but the file has only 261");
  EXPECT_FAILURE(refused("/model/merges", "a b"), "model.merges is \"a b\"", "a list");
  EXPECT_FAILURE(refused("/model/merges/1", "h q"), "model.merges[1] needs the token \"hq\"");
  EXPECT_FAILURE(refused("/model/merges/1", "zz q"), "model.merges[1] needs the token \"zz\"");
  EXPECT_FAILURE(refused("/model/merges/1", "a b"), "model.merges[3] merges \"a\" and \"b\" for the second time");
  for (const json &merge : {json("he"), json("a b c"), json(1), json{"a"}, json{"a", 1}, json(nullptr)})
    EXPECT_FAILURE(refused("/model/merges/1", merge), "model.merges[1] is ", "two tokens");
  EXPECT_FAILURE(refused("/model/dropout", 0.5), "model.dropout is 0.5");
  EXPECT_FAILURE(refused("/model/end_of_word_suffix", "</w>"), "end_of_word_suffix is \"</w>\"");
  EXPECT_FAILURE(refused("/model/ignore_merges", 1), "ignore_merges is 1", "true or false");
}

TEST(TokenizerJson, refuses_damaged_sections) {
  EXPECT_FAILURE(refused("/pre_tokenizer", {{"type", "Digits"}}), "pre_tokenizer has no ByteLevel");
  EXPECT_FAILURE(refused("/pre_tokenizer", "ByteLevel"), "pre_tokenizer is \"ByteLevel\"", "an object");
  EXPECT_FAILURE(refused("/pre_tokenizer/type", "Metaspace"), "pre_tokenizer is of type \"Metaspace\"",
                 "supported are BertPreTokenizer, ByteLevel");
  EXPECT_FAILURE(refused("/pre_tokenizer/use_regex", 0), "pre_tokenizer.use_regex is 0");
  json split = {{"type", "Split"}, {"pattern", {{"Regex", "(a"}}}, {"behavior", "Isolated"}};
  EXPECT_FAILURE(refused("/pre_tokenizer", split), "pre_tokenizer.pattern.Regex is not a regular expression", "(a");
  split["behavior"] = "MergedWithNext";
  EXPECT_FAILURE(refused("/pre_tokenizer", split), "pre_tokenizer.behavior is \"MergedWithNext\"", "supported are");
  json bytes = smallByteLevel()["pre_tokenizer"];
  json twice = {{"type", "Sequence"}, {"pretokenizers", {bytes, bytes}}};
  EXPECT_FAILURE(refused("/pre_tokenizer", twice), "pretokenizers[1] is ByteLevel for the second time");
  json deep = {{"type", "NFC"}};
  for (int level = 0; level < 12; ++level)
    deep = {{"type", "Sequence"}, {"normalizers", json::array({deep})}};
  EXPECT_FAILURE(refused("/normalizer", deep), "deeper than 8");
  EXPECT_FAILURE(refused("/normalizer", {{"type", "Precompiled"}}), "normalizer is of type \"Precompiled\"");
  EXPECT_FAILURE(refused("/normalizer", {{"type", "Replace"}, {"pattern", {{"Regex", "a"}}}}), "is a regular expression");
  EXPECT_FAILURE(refused("/normalizer", {{"type", "Replace"}, {"pattern", {{"String", ""}}}, {"content", ""}}), "is an empty text");
  EXPECT_FAILURE(refused("/post_processor", {{"type", "Other"}}), "post_processor is of type \"Other\"");
  EXPECT_FAILURE(refused("/post_processor", {{"type", "BertProcessing"}, {"cls", {"x"}}}), "post_processor.cls is");
  EXPECT_FAILURE(refused("/post_processor", {{"type", "BertProcessing"}, {"cls", {"zz", 1}}}), "cls[0] is \"zz\"");
}

TEST(TokenizerJson, refuses_damaged_added_tokens) {
  EXPECT_FAILURE(refused("/added_tokens", 1), "added_tokens is 1", "a list");
  EXPECT_FAILURE(refused("/added_tokens/0", 1), "added_tokens[0] is 1", "an object");
  EXPECT_FAILURE(refused("/added_tokens/0/id", 97), "added_tokens[0].id is 97, which is also \"a\"");
  EXPECT_FAILURE(refused("/added_tokens/0/id", "1"), "added_tokens[0].id is \"1\"", "a token id");
  EXPECT_FAILURE(refused("/added_tokens/0/id", 1000000), "added_tokens[0].id is 1000000, but the file has only");
  EXPECT_FAILURE(refused("/added_tokens/0/content", "ab"), "added_tokens[0] gives \"ab\" the id 260, but it has the id 259");
  EXPECT_FAILURE(refused("/added_tokens/0/content", ""), "added_tokens[0].content is empty");
  EXPECT_FAILURE(refused("/added_tokens/0/content", nullptr), "added_tokens[0].content is missing");
  EXPECT_FAILURE(refused("/added_tokens/0/single_word", true), "added_tokens[0].single_word is true");
}

TEST(TokenizerJson, refuses_damaged_files) {
  std::string text = smallByteLevel().dump();
  for (size_t size : {size_t{0}, size_t{1}, text.size() / 2, text.size() - 1})
    EXPECT_FAILURE(parseTokenizer(text.substr(0, size), "t.json"), "'t.json' is not a tokenizer file");
  EXPECT_FAILURE(parseTokenizer(R"({"model": {"type": "BPE", "vocab": {"a": 0, "a": 1}}})", "t.json"), "names \"a\" twice");
  EXPECT_FAILURE(parseTokenizer(std::string(1000000, '['), "t.json"), "'t.json' is nested deeper than 64 levels");
  std::string deep = R"({"model": )" + std::string(100000, '[') + std::string(100000, ']') + "}";
  EXPECT_FAILURE(parseTokenizer(deep, "t.json"), "'t.json' is nested deeper than 64 levels");
}

} // namespace

} // namespace tern::rt::test
