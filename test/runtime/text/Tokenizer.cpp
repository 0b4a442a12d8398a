// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokenizers: bytes, characters and words, their files, streaming, and what is refused.

#include "runtime/text/Tokenizer.h"

#include "Samples.h"
#include "runtime/text/Utf8.h"

namespace tern::rt::test {

namespace {

class TokenizerTest : public FileTest {};

TEST_F(TokenizerTest, bytes_round_trip) {
  auto tokenizer = makeTokenizer("bytes");
  ASSERT_SUCCESS(tokenizer);
  EXPECT_EQ((*tokenizer)->vocabularySize(), 256);
  EXPECT_EQ((*tokenizer)->name(), "bytes");
  EXPECT_EQ(encoded(**tokenizer, "a\xff"), (std::vector<int32_t>{97, 255}));
  EXPECT_EQ((*tokenizer)->decode(encoded(**tokenizer, "h\u00e9\u20ac")), "h\u00e9\u20ac");
  EXPECT_EQ((*tokenizer)->decode(std::vector<int32_t>{97, 255, -1, 256}), "a\ufffd");
}

TEST_F(TokenizerTest, characters_come_from_the_text) {
  auto tokenizer = makeTokenizer("chars", "b\u20acab");
  ASSERT_SUCCESS(tokenizer);
  EXPECT_EQ((*tokenizer)->vocabularySize(), 3);
  EXPECT_EQ(encoded(**tokenizer, "ab\u20ac"), (std::vector<int32_t>{0, 1, 2}));
  EXPECT_EQ((*tokenizer)->tokenBytes(2), "\u20ac");
  EXPECT_EQ((*tokenizer)->tokenBytes(3), "");
  EXPECT_EQ((*tokenizer)->tokenBytes(-1), "");
  std::vector<int32_t> ids;
  EXPECT_FAILURE((*tokenizer)->encode("abx", ids), "\"x\" at byte 2", "3 characters");
  EXPECT_FAILURE((*tokenizer)->encode("a\xe2\x82", ids), "not valid UTF-8 at byte 1", "--tokenizer bytes");
}

TEST_F(TokenizerTest, characters_need_a_valid_text) {
  EXPECT_FAILURE(makeTokenizer("chars", ""), "the text is empty");
  EXPECT_FAILURE(makeTokenizer("chars", "ab\xc0"), "not valid UTF-8 at byte 2");
}

TEST_F(TokenizerTest, words_are_frequent_words_and_bytes) {
  auto tokenizer = makeTokenizer("words", "the cat, the dog. the cat! a bird", 1000);
  ASSERT_SUCCESS(tokenizer);
  EXPECT_EQ((*tokenizer)->vocabularySize(), 258); // dog, a and bird come once
  EXPECT_EQ(encoded(**tokenizer, "the cat"), (std::vector<int32_t>{256, 257}));
  EXPECT_EQ(encoded(**tokenizer, "the,  cat"), (std::vector<int32_t>{256, ',', ' ', ' ', 257}));
  EXPECT_EQ(encoded(**tokenizer, "cats"), (std::vector<int32_t>{'c', 'a', 't', 's'}));
  EXPECT_EQ((*tokenizer)->special(SpecialToken::Pad), 258);
}

TEST_F(TokenizerTest, words_fill_the_vocabulary) {
  std::string_view text = "one two two three three three one";
  auto two = makeTokenizer("words", text, 262), all = makeTokenizer("words", text);
  ASSERT_SUCCESS(two);
  ASSERT_SUCCESS(all);
  EXPECT_EQ(encoded(**two, "three one two"), (std::vector<int32_t>{256, 257, ' ', 't', 'w', 'o'})) << "one comes as often, and first";
  EXPECT_EQ((*all)->vocabularySize(), 259);
  EXPECT_FAILURE(makeTokenizer("words", text, 260), "vocabulary of 260", "--define vocab=N");
}

TEST_F(TokenizerTest, words_read_back) {
  auto tokenizer = makeTokenizer("words", "the cat the cat a a \u00e9t\u00e9 \u00e9t\u00e9");
  ASSERT_SUCCESS(tokenizer);
  for (std::string text : {"the cat", " the  cat ", "the, cat", "thecat the", "a cat a dog a", "\u00e9t\u00e9 the \u20ac", "the\ncat\n"}) {
    std::vector<int32_t> ids = encoded(**tokenizer, text);
    EXPECT_EQ((*tokenizer)->decode(ids), text);
    StreamingDecoder decoder(**tokenizer);
    std::string streamed;
    for (int32_t id : ids)
      streamed += decoder.push(id);
    EXPECT_EQ(streamed + decoder.finish(), text);
  }
  std::vector<int32_t> ids = encoded(**tokenizer, "the cat");
  EXPECT_EQ(StreamingDecoder(**tokenizer, ids[0]).push(ids[1]), " cat") << "what continues a prompt";
}

TEST_F(TokenizerTest, descriptions_read_back) {
  for (const char *kind : {"bytes", "chars", "words"}) {
    auto tokenizer = makeTokenizer(kind, "a\"\\\n\u20ac \u20ac");
    ASSERT_SUCCESS(tokenizer);
    auto read = makeTokenizer(file(kind, (*tokenizer)->description()));
    ASSERT_SUCCESS(read);
    EXPECT_EQ((*read)->name(), kind);
    EXPECT_EQ((*read)->description(), (*tokenizer)->description());
    EXPECT_EQ(encoded(**read, "\u20aca\n"), encoded(**tokenizer, "\u20aca\n"));
  }
}

TEST_F(TokenizerTest, refuses_what_it_does_not_support) {
  EXPECT_FAILURE(makeTokenizer("lines"), "unknown tokenizer 'lines'", "supported are 'bytes', 'chars', 'words'");
  EXPECT_FAILURE(makeTokenizer(file("x", "not json")), "not a tokenizer file");
  EXPECT_FAILURE(makeTokenizer(file("x", "[1]")), "not a tokenizer file");
  EXPECT_FAILURE(makeTokenizer(file("x", "{}")), "a JSON file of another kind");
  EXPECT_FAILURE(makeTokenizer(directory), "not a regular file");
}

Status parsed(std::string_view rest) {
  std::string text = R"({"format":"tern-tokenizer",)" + std::string(rest) + "}";
  auto tokenizer = parseTokenizer(text, "t.json");
  return tokenizer.ok() ? success() : Status(tokenizer.takeError());
}

TEST_F(TokenizerTest, refuses_damaged_files) {
  EXPECT_FAILURE(parsed(R"("version":2,"kind":"bytes")"), "t.json", "tokenizer version");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"lines")"), "unknown kind \"lines\"");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"words","words":["a b"])"), "\"a b\" in 'words' is not one word");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"words","words":["a","a"])"), "twice");
  EXPECT_FAILURE(parsed(R"("version":1)"), "unknown kind null");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"chars")"), "no list 'characters'");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"chars","characters":[])"), "'characters' is empty");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"chars","characters":[1])"), "not a text");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"chars","characters":["ab"])"), "\"ab\"", "not one character");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"chars","characters":[""])"), "not one character");
  EXPECT_FAILURE(parsed(R"("version":1,"kind":"chars","characters":["a","a"])"), "twice");
}

TEST_F(TokenizerTest, streaming_shows_whole_characters_only) {
  auto tokenizer = makeTokenizer("bytes");
  StreamingDecoder decoder(**tokenizer);
  EXPECT_EQ(decoder.push(0xe2), "");
  EXPECT_EQ(decoder.push(0x82), "");
  EXPECT_EQ(decoder.push(0xac), "\u20ac");
  EXPECT_EQ(decoder.push(0xe2), "");
  EXPECT_EQ(decoder.push('a'), "\ufffda");
  EXPECT_EQ(decoder.push(0xff), "\ufffd");
  EXPECT_EQ(decoder.push(0xf0), "");
  EXPECT_EQ(decoder.finish(), "\ufffd");
  EXPECT_EQ(decoder.finish(), "");
}

TEST(Utf8, well_formed_characters_only) {
  auto kind = [](std::string_view text) { return nextCharacter(text).kind; };
  for (std::string_view text :
       {"a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ(nextCharacter(text).bytes, text.size());
  for (std::string_view text :
       {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5"})
    EXPECT_EQ(kind(text), Utf8Kind::Invalid);
  for (std::string_view text : {"\xc2", "\xe0\xa0", "\xf0\x90\x80"})
    EXPECT_EQ(kind(text), Utf8Kind::Incomplete);
  EXPECT_EQ(replaceInvalid("a\xe0\x9f-\xf0\x90"), "a\ufffd\ufffd-\ufffd");
}

} // namespace

} // namespace tern::rt::test
