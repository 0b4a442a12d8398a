// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WordPiece: the longest token first, BERT's cleaning of the text, vocab.txt.

#include "runtime/text/WordPieces.h"

#include "Samples.h"

namespace tern::rt::test {

namespace {

using nlohmann::json;
using Ids = std::vector<int32_t>;

constexpr std::string_view vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\naffe\n,\n!\n\u4e2d\ncafe\n##s\n##ff\nu\n";

class WordPieceTest : public FileTest {
protected:
  std::unique_ptr<Tokenizer> read(std::string_view text) {
    auto tokenizer = makeTokenizer(file("vocab.txt", text));
    EXPECT_TRUE(tokenizer.ok()) << tokenizer.message();
    return tokenizer.ok() ? tokenizer.take() : nullptr;
  }
};

TEST_F(WordPieceTest, the_longest_token_first) {
  auto tokenizer = read(vocabulary);
  EXPECT_EQ(tokenizer->name(), "wordpiece");
  EXPECT_EQ(tokenizer->vocabularySize(), 16);
  EXPECT_EQ(encoded(*tokenizer, "unaffable affe"), (Ids{5, 6, 7, 8}));
  EXPECT_EQ(encoded(*tokenizer, "unx un"), (Ids{1, 5}));
  EXPECT_EQ(encoded(*tokenizer, std::string(101, 'u') + " u"), (Ids{1, 15}));
  EXPECT_EQ(tokenizer->decode(Ids{5, 6, 7, 8}), "unaffable affe");
}

TEST_F(WordPieceTest, text_is_cleaned) {
  auto tokenizer = read(vocabulary);
  EXPECT_EQ(encoded(*tokenizer, "UN,un!"), (Ids{5, 9, 5, 10}));
  EXPECT_EQ(encoded(*tokenizer, "Caf\u00e9s Cafe\u0301"), (Ids{12, 13, 12}));
  EXPECT_EQ(encoded(*tokenizer, "un\u4e2d\u4e2dun"), (Ids{5, 11, 11, 5}));
  EXPECT_EQ(encoded(*tokenizer, "u\u200bn\u0001 \u00a0u\u3000u\tu\ufffd"), (Ids{5, 15, 15, 15}));
  EXPECT_EQ(encoded(*tokenizer, "[CLS] un[SEP]"), (Ids{2, 5, 3}));
  Ids ids;
  EXPECT_FAILURE(tokenizer->encode("un\xff", ids), "not valid UTF-8");
}

TEST_F(WordPieceTest, capitals_stay_where_the_vocabulary_has_them) {
  auto tokenizer = read("[UNK]\nUn\nun\n\u00c9\n");
  EXPECT_EQ(encoded(*tokenizer, "Un un \u00c9"), (Ids{1, 2, 3}));
}

TEST_F(WordPieceTest, special_tokens) {
  auto tokenizer = read(vocabulary);
  EXPECT_EQ(tokenizer->special(SpecialToken::Pad), 0);
  EXPECT_EQ(tokenizer->special(SpecialToken::Begin), 2);
  EXPECT_EQ(tokenizer->special(SpecialToken::End), 3);
  EXPECT_EQ(tokenizer->special(SpecialToken::Mask), 4);
}

TEST_F(WordPieceTest, descriptions_read_back) {
  auto tokenizer = read(vocabulary);
  auto again = parseTokenizer(tokenizer->description(), "t.json");
  ASSERT_SUCCESS(again);
  EXPECT_EQ((*again)->description(), tokenizer->description());
  EXPECT_EQ(encoded(**again, "Unaffable, caf\u00e9!"), encoded(*tokenizer, "Unaffable, caf\u00e9!"));
}

TEST_F(WordPieceTest, words_by_the_other_splitters) {
  json object = json::parse(read(vocabulary)->description());
  auto ids = [&](const char *splitter, const char *text) {
    object["pre_tokenizer"] = {{"type", splitter}};
    auto tokenizer = parseTokenizer(object.dump(), "t.json");
    EXPECT_TRUE(tokenizer.ok()) << tokenizer.message();
    return encoded(**tokenizer, text);
  };
  EXPECT_EQ(ids("Whitespace", "un, un!"), (Ids{5, 9, 5, 10}));
  EXPECT_EQ(ids("Whitespace", "un,!"), (Ids{5, 1})); // ",!" is one word
  EXPECT_EQ(ids("WhitespaceSplit", "un, un"), (Ids{1, 5}));
}

TEST_F(WordPieceTest, refuses_damaged_files) {
  auto refused = [&](std::string_view text) {
    auto tokenizer = makeTokenizer(file("vocab.txt", text));
    return tokenizer.ok() ? success() : Status(tokenizer.takeError());
  };
  EXPECT_FAILURE(refused("a\n\nb"), "vocab.txt' line 2 is empty");
  EXPECT_FAILURE(refused("a\n\xff\n"), "line 2 is not valid UTF-8");
  EXPECT_FAILURE(refused("a\nb\r\nb"), "line 3 has the token \"b\" for the second time");
  EXPECT_FAILURE(refused("a\nb"), "model.unk_token is \"[UNK]\", which is not in the vocabulary");
  EXPECT_FAILURE(refused(""), "model.vocab has no token with an id");
  json object = json::parse(read(vocabulary)->description());
  auto edited = [&](const std::string &pointer, json value) {
    json copy = object;
    copy[json::json_pointer(pointer)] = std::move(value);
    auto tokenizer = parseTokenizer(copy.dump(), "t.json");
    return tokenizer.ok() ? success() : Status(tokenizer.takeError());
  };
  EXPECT_FAILURE(edited("/model/vocab/un", 6), "model.vocab of \"un\" is 6", "another token");
  EXPECT_FAILURE(edited("/model/vocab/un", "5"), "model.vocab of \"un\" is \"5\"", "a token id");
  EXPECT_FAILURE(edited("/model/max_input_chars_per_word", -1), "max_input_chars_per_word is -1");
  EXPECT_FAILURE(edited("/model/max_input_chars_per_word", 1001), "max_input_chars_per_word is 1001; 1000 are possible");
  EXPECT_FAILURE(edited("/normalizer/lowercase", "yes"), "normalizer.lowercase is \"yes\"");
  EXPECT_FAILURE(edited("/pre_tokenizer", {{"type", "ByteLevel"}}), "a WordPiece model cannot use");
}

} // namespace

} // namespace tern::rt::test
