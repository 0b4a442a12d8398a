// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scored pieces from their three files: the same ids from each, and what is damaged is refused by its place.

#include "runtime/text/SentencePieces.h"

#include "Samples.h"

#include <cmath>
#include <cstring>

namespace tern::rt::test {

namespace {

using Ids = std::vector<int32_t>;
using Kind = SentencePiece::Kind;

// 0 <unk>, 1 <s>, 2 </s>, 3 to 258 the bytes, then " ", a, b, ab (score -1), "ba" (-1), " a" (-0.5), aba (-3).
std::vector<SentencePiece> smallPieces() {
  std::vector<SentencePiece> pieces = {{"<unk>", 0, Kind::Unknown}, {"<s>", 0, Kind::Control}, {"</s>", 0, Kind::Control}};
  for (int byte = 0; byte < 256; ++byte) {
    char name[8];
    std::snprintf(name, sizeof(name), "<0x%02X>", byte);
    pieces.push_back({name, 0, Kind::Byte});
  }
  const std::pair<const char *, float> texts[] = {{" ", -9}, {"a", -9}, {"b", -9}, {"ab", -1}, {"ba", -1}, {" a", -0.5f}, {"aba", -3}};
  for (const auto &[text, score] : texts)
    pieces.push_back({text, score, Kind::Normal});
  return pieces;
}
constexpr int32_t space = 259, a = 260, b = 261, ba = 263, spaceA = 264;

void appendWord(std::string &bytes, uint32_t word) {
  for (int index = 0; index < 4; ++index)
    bytes += static_cast<char>(word >> 8 * index);
}

uint32_t bitsOf(float value) {
  uint32_t bits;
  static_assert(sizeof(bits) == sizeof(value));
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

std::string llama2cFile(const std::vector<SentencePiece> &pieces, uint32_t longest = 6) {
  std::string bytes;
  appendWord(bytes, longest);
  for (const SentencePiece &piece : pieces) {
    appendWord(bytes, bitsOf(piece.score));
    appendWord(bytes, static_cast<uint32_t>(piece.text.size()));
    bytes += piece.text;
  }
  return bytes;
}

// Field `number` of the protobuf kinds: a number below 128, four bytes, bytes shorter than 128.
std::string number(int field, int value) { return {static_cast<char>(field << 3), static_cast<char>(value)}; }
std::string bytesField(int field, const std::string &bytes) {
  return std::string{static_cast<char>(field << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

std::string pieceField(const SentencePiece &piece) {
  std::string text = piece.text, inner;
  if (size_t at = text.find(' '); at != text.npos)
    text.replace(at, 1, "\u2581");
  std::string score = {static_cast<char>(2 << 3 | 5)};
  appendWord(score, bitsOf(piece.score));
  return bytesField(1, bytesField(1, text) + score + number(3, static_cast<int>(piece.kind)));
}

const std::string bytePairs = bytesField(2, number(3, 2));
const std::string noRules = bytesField(3, number(4, 0));

std::string modelFile(const std::vector<SentencePiece> &pieces) {
  std::string bytes;
  for (const SentencePiece &piece : pieces)
    bytes += pieceField(piece);
  return bytes + bytePairs + noRules;
}

void check(const Tokenizer &tokenizer) {
  EXPECT_EQ(tokenizer.name(), "sentencepiece");
  EXPECT_EQ(tokenizer.vocabularySize(), 266);
  EXPECT_EQ(encoded(tokenizer, ""), Ids{});
  EXPECT_EQ(encoded(tokenizer, "b"), (Ids{space, b}));
  EXPECT_EQ(encoded(tokenizer, "ab"), (Ids{spaceA, b}));      // " a" is better than "ab"
  EXPECT_EQ(encoded(tokenizer, "bbabb"), (Ids{space, b, ba, b, b})); // equal scores: the leftmost
  EXPECT_EQ(encoded(tokenizer, "baba a"), (Ids{space, ba, ba, spaceA}));
  EXPECT_EQ(encoded(tokenizer, "b\u00e9"), (Ids{space, b, 3 + 0xc3, 3 + 0xa9}));
  EXPECT_EQ(encoded(tokenizer, "b\u2581b"), encoded(tokenizer, "b b"));
  EXPECT_EQ(tokenizer.decode(encoded(tokenizer, " ab \u00e9")), " ab \u00e9");
  EXPECT_EQ(tokenizer.decode(Ids{1, spaceA, b, 2}), "ab");
  EXPECT_EQ(Ids(tokenizer.leading().begin(), tokenizer.leading().end()), Ids{1});
  Ids ids;
  EXPECT_FAILURE(tokenizer.encode("a\xff", ids), "not valid UTF-8");
}

TEST(SentencePieces, from_tokenizer_model) {
  auto tokenizer = readSentencePieceModel(modelFile(smallPieces()), "t.model");
  ASSERT_SUCCESS(tokenizer);
  check(**tokenizer);
  EXPECT_EQ((*tokenizer)->special(SpecialToken::Begin), 1);
  EXPECT_EQ((*tokenizer)->special(SpecialToken::End), 2);
}

TEST(SentencePieces, from_tokenizer_bin) {
  auto tokenizer = readLlama2cTokenizer(llama2cFile(smallPieces()), "t.bin");
  ASSERT_SUCCESS(tokenizer);
  check(**tokenizer);
  EXPECT_EQ((*tokenizer)->special(SpecialToken::End), 1); // where the next text begins
}

TEST(SentencePieces, descriptions_read_back) {
  auto first = readSentencePieceModel(modelFile(smallPieces()), "t.model");
  ASSERT_SUCCESS(first);
  auto again = parseTokenizer((*first)->description(), "t.json");
  ASSERT_SUCCESS(again);
  check(**again);
  EXPECT_EQ((*again)->description(), (*first)->description());
}

TEST(SentencePieces, pieces_over_several_words) {
  auto pieces = smallPieces();
  pieces.push_back({"b a", 0, Kind::Normal});
  auto tokenizer = makeSentencePieces({.pieces = pieces}, "t");
  ASSERT_SUCCESS(tokenizer);
  pieces.push_back({"b ", 1, Kind::Normal});
  tokenizer = makeSentencePieces({.pieces = pieces, .addsSpace = false}, "t");
  ASSERT_SUCCESS(tokenizer);
  EXPECT_EQ(encoded(**tokenizer, "bb a"), (Ids{b, 266}));
}

TEST(SentencePieces, pieces_of_the_user_are_found_first) {
  auto pieces = smallPieces();
  pieces.push_back({"bab", -20, Kind::UserDefined});
  auto tokenizer = makeSentencePieces({.pieces = pieces, .addsSpace = false}, "t");
  ASSERT_SUCCESS(tokenizer);
  EXPECT_EQ(encoded(**tokenizer, "ababa"), (Ids{a, 266, a}));
}

TEST(SentencePieces, without_bytes_there_is_the_unknown) {
  std::vector<SentencePiece> pieces = {{"<unk>", 0, Kind::Unknown}, {"a", 0, Kind::Normal}};
  auto tokenizer = makeSentencePieces({.pieces = pieces, .addsSpace = false}, "t");
  ASSERT_SUCCESS(tokenizer);
  EXPECT_EQ(encoded(**tokenizer, "a\u00e9a"), (Ids{1, 0, 1}));
  pieces[0] = {"b", 0, Kind::Normal};
  tokenizer = makeSentencePieces({.pieces = pieces, .addsSpace = false}, "t");
  ASSERT_SUCCESS(tokenizer);
  Ids ids;
  EXPECT_FAILURE((*tokenizer)->encode("a\u00e9", ids), "no token for the character \"\u00e9\"");
}

TEST(SentencePieces, a_stream_begins_without_the_space) {
  auto tokenizer = makeSentencePieces({.pieces = smallPieces()}, "t");
  ASSERT_SUCCESS(tokenizer);
  StreamingDecoder begins(**tokenizer, -1, true), goesOn(**tokenizer);
  EXPECT_EQ(begins.push(1), "");
  EXPECT_EQ(begins.push(spaceA), "a");
  EXPECT_EQ(begins.push(spaceA), " a");
  EXPECT_EQ(goesOn.push(spaceA), " a");
}

TEST(SentencePieces, refuses_damaged_pieces) {
  auto refused = [](size_t id, SentencePiece piece) {
    auto pieces = smallPieces();
    pieces[id] = std::move(piece);
    auto tokenizer = makeSentencePieces({.pieces = pieces}, "t");
    return tokenizer.ok() ? success() : Status(tokenizer.takeError());
  };
  EXPECT_FAILURE(makeSentencePieces({}, "t"), "'t' has no pieces");
  EXPECT_FAILURE(refused(260, {"", 0}), "'t': piece 260", "is empty");
  EXPECT_FAILURE(refused(260, {"\xff", 0}), "piece 260", "is not valid UTF-8");
  EXPECT_FAILURE(refused(260, {std::string(2000, 'a'), 0}), "piece 260", "is longer than 1024 bytes");
  EXPECT_FAILURE(refused(260, {"a", NAN}), "piece 260", "no finite score");
  EXPECT_FAILURE(refused(261, {"a", 0}), "piece 261", "has the text of piece 260");
  EXPECT_FAILURE(refused(261, {"<0xg0>", 0, Kind::Byte}), "is not the name of a byte");
  EXPECT_FAILURE(refused(261, {"<0x00>", 0, Kind::Byte}), "is a byte for the second time");
  EXPECT_FAILURE(refused(261, {"?", 0, Kind::Unknown}), "is the second one for what is unknown");
  EXPECT_FAILURE(makeSentencePieces({.pieces = smallPieces(), .end = 266}, "t"), "names 266 as a special token", "266 pieces");
  EXPECT_FAILURE(makeSentencePieces({.pieces = smallPieces(), .begin = -2}, "t"), "names -2 as a special token");
}

TEST(SentencePieces, refuses_damaged_bin_files) {
  std::string whole = llama2cFile(smallPieces());
  EXPECT_FAILURE(readLlama2cTokenizer("abc", "t.bin"), "'t.bin' has 3 bytes");
  EXPECT_FAILURE(readLlama2cTokenizer(whole.substr(0, 4), "t.bin"), "has no pieces");
  EXPECT_FAILURE(readLlama2cTokenizer(whole.substr(0, 8), "t.bin"), "piece 0, at byte 4, is cut off");
  EXPECT_FAILURE(readLlama2cTokenizer(whole.substr(0, whole.size() - 1), "t.bin"),
                 "piece 265", "claims 3 bytes, but the file ends after 2");
  EXPECT_FAILURE(readLlama2cTokenizer(llama2cFile(smallPieces(), 5), "t.bin"), "piece 3,", "claims 6 bytes, more than the longest");
  std::string huge = whole;
  huge.replace(8, 4, "\xff\xff\xff\x7f");
  EXPECT_FAILURE(readLlama2cTokenizer(huge, "t.bin"), "piece 0", "claims 2147483647 bytes");
}

TEST(SentencePieces, refuses_damaged_models) {
  auto refused = [](const std::string &bytes) {
    auto tokenizer = readSentencePieceModel(bytes, "t.model");
    return tokenizer.ok() ? success() : Status(tokenizer.takeError());
  };
  std::string whole = modelFile(smallPieces());
  EXPECT_FAILURE(refused(""), "'t.model' holds a model of kind unigram");
  EXPECT_FAILURE(refused(bytePairs + noRules), "has no pieces");
  EXPECT_FAILURE(refused(whole.substr(0, 5)), "the model is damaged at its byte 0", "no tokenizer.model");
  EXPECT_FAILURE(refused(whole.substr(0, whole.size() - 1)), "the model is damaged");
  EXPECT_FAILURE(refused(bytesField(1, "\x0a\x7fX") + whole), "piece 0 is damaged at its byte 0");
  EXPECT_FAILURE(refused(bytesField(1, number(1, 7)) + whole), "piece 0 has a field 1 of the wrong type");
  EXPECT_FAILURE(refused(bytesField(1, number(2, 7)) + whole), "piece 0 has a field 2 of the wrong type");
  EXPECT_FAILURE(refused(bytesField(1, number(3, 7)) + whole), "piece 0 has a field 3 of the wrong type or out of range");
  EXPECT_FAILURE(refused(number(1, 7) + whole), "field 1 is not a message");
  EXPECT_FAILURE(refused(bytesField(2, "\x0b") + whole), "the trainer's part is damaged");
  EXPECT_FAILURE(refused(bytesField(3, "\x05") + whole), "the normaliser's part is damaged");
  EXPECT_FAILURE(refused(std::string(11, '\xff') + whole), "the model is damaged at its byte 0");
  EXPECT_FAILURE(refused(whole + bytesField(2, number(3, 4))), "a model of kind 4");
  EXPECT_FAILURE(refused(whole + bytesField(3, bytesField(2, "x"))), "normalisation rules of its own");
  EXPECT_FAILURE(refused(whole + bytesField(3, number(4, 1))), "removes spaces");
  EXPECT_FAILURE(refused(whole + bytesField(2, std::string("\xc0\x01\x01", 3))), "ends of words");
  EXPECT_FAILURE(refused("{\"model\": 1}"), "is damaged");
}

TEST(SentencePieces, refuses_damaged_descriptions) {
  auto refused = [](const std::string &rest) {
    auto tokenizer = parseTokenizer(R"({"format":"tern-tokenizer","version":1,"kind":"sentencepiece",)" + rest + "}", "t.json");
    return tokenizer.ok() ? success() : Status(tokenizer.takeError());
  };
  EXPECT_FAILURE(refused(R"("pieces":1)"), "'t.json': pieces is 1", "a list");
  for (const char *piece : {R"("a")", R"(["a",0])", R"([1,0,1])", R"(["a","0",1])", R"(["a",0,7])", R"(["a",0,-1])"})
    EXPECT_FAILURE(refused(std::string(R"("pieces":[)") + piece + "]"), "pieces[0] is ", "a kind from 1 to 6");
  EXPECT_FAILURE(refused(R"("pieces":[["a",0,1]],"begin":"x")"), "begin is \"x\"");
}

} // namespace

} // namespace tern::rt::test
