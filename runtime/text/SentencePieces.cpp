// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scores become the ranks of merges: of every way to make a piece of two pieces, equal ranks for equal scores, so that among
// these the leftmost comes first.

#include "runtime/text/SentencePieces.h"

#include "runtime/core/Json.h"
#include "runtime/text/CharacterPairs.h"
#include "runtime/text/Published.h"
#include "runtime/text/TokenizerJson.h"
#include "runtime/text/Utf8.h"

#include <cmath>
#include <map>

namespace tern::rt {

using Kind = SentencePiece::Kind;

static constexpr size_t longestPiece = 1024; // bytes; published ones have up to 48

static bool canBeMerged(Kind kind) { return kind == Kind::Normal || kind == Kind::UserDefined; }

namespace {

class Builder {
public:
  Builder(const SentencePieces &file, const std::string &path)
      : file(file), path(path), parts(Vocabulary(file.pieces.size())) {
    byteTokens.fill(Vocabulary::none);
  }

  Result<std::unique_ptr<Tokenizer>> build() {
    if (file.pieces.empty())
      return error("'", path, "' has no pieces");
    for (size_t id = 0; id < file.pieces.size(); ++id)
      TERN_TRY(addPiece(static_cast<int32_t>(id)));
    parts.rawTokens = AddedTokens(std::move(wholes));
    parts.model = std::make_unique<CharacterPairs>(merges(), byteTokens, unknown);
    TERN_TRY(addSplitting());
    TERN_TRY(addSpecials());
    parts.file = describe();
    return makePublished(std::move(parts));
  }

private:
  Status addPiece(int32_t id) {
    const SentencePiece &piece = file.pieces[static_cast<size_t>(id)];
    auto refuse = [&](const auto &...what) { return error("'", path, "': piece ", id, " (", jsonString(piece.text), ") ", what...); };
    if (piece.text.empty() || validPrefix(piece.text) != piece.text.size())
      return refuse("is ", piece.text.empty() ? "empty" : "not valid UTF-8");
    if (piece.text.size() > longestPiece)
      return refuse("is longer than ", longestPiece, " bytes");
    if (!std::isfinite(piece.score))
      return refuse("has no finite score");
    if (piece.kind == Kind::Byte)
      return addByte(id, piece.text);
    bool isText = canBeMerged(piece.kind);
    if (int32_t known = isText ? parts.vocabulary.find(piece.text) : Vocabulary::none; known != Vocabulary::none)
      return refuse("has the text of piece ", known);
    if (piece.kind == Kind::Unknown && std::exchange(unknown, id) != Vocabulary::none)
      return refuse("is the second one for what is unknown");
    parts.vocabulary.set(id, piece.kind == Kind::Control ? "" : piece.text, isText);
    if (piece.kind == Kind::UserDefined)
      wholes.push_back({.content = piece.text, .id = id});
    return success();
  }

  Status addByte(int32_t id, std::string_view text) {
    int byte = byteOfName(text);
    if (byte < 0 || byteTokens[static_cast<size_t>(byte)] != Vocabulary::none)
      return error("'", path, "': piece ", id, " (", jsonString(text), ") ",
                   byte < 0 ? "is not the name of a byte" : "is a byte for the second time");
    byteTokens[static_cast<size_t>(byte)] = id;
    parts.vocabulary.set(id, std::string(1, static_cast<char>(byte)), /*canBeFound=*/false);
    return success();
  }

  Merger merges() const {
    std::map<float, int32_t, std::greater<>> ranks;
    for (const SentencePiece &piece : file.pieces)
      ranks[piece.score] = 0;
    for (int32_t rank = 0; auto &[score, value] : ranks)
      value = rank++;
    struct Merge {
      int32_t left, right, merged, rank;
    };
    std::vector<Merge> list;
    for (int32_t id = 0; id < parts.vocabulary.size(); ++id)
      if (const SentencePiece &piece = file.pieces[static_cast<size_t>(id)]; canBeMerged(piece.kind))
        for (size_t at = nextCharacter(piece.text).bytes; at < piece.text.size(); at += nextCharacter(piece.text.substr(at)).bytes) {
          int32_t left = parts.vocabulary.find(std::string_view(piece.text).substr(0, at));
          int32_t right = parts.vocabulary.find(std::string_view(piece.text).substr(at));
          if (left != Vocabulary::none && right != Vocabulary::none)
            list.push_back({left, right, id, ranks[piece.score]});
        }
    Merger merger(list.size());
    for (const Merge &merge : list)
      merger.add(merge.left, merge.right, merge.merged, merge.rank);
    return merger;
  }

  // Where no piece goes on with a space behind something else, words can be merged one by one.
  Status addSplitting() {
    std::vector<NormalizerStep> steps = {{NormalizerStep::Kind::Replace, "\u2581", " "}};
    if (file.addsSpace)
      steps.push_back({NormalizerStep::Kind::Prepend, " "});
    parts.normalizer = Normalizer(std::move(steps));
    parts.addsSpace = file.addsSpace;
    return addSpacedWords(parts);
  }

  Status addSpecials() {
    for (int32_t id : {file.begin, file.end, file.pad})
      if (id < Vocabulary::none || id >= parts.vocabulary.size())
        return error("'", path, "' names ", id, " as a special token, but has ", parts.vocabulary.size(), " pieces");
    parts.specials[static_cast<size_t>(SpecialToken::Begin)] = file.begin;
    parts.specials[static_cast<size_t>(SpecialToken::End)] = file.end;
    parts.specials[static_cast<size_t>(SpecialToken::Pad)] = file.pad;
    if (file.begin != Vocabulary::none)
      parts.leading = {file.begin};
    return success();
  }

  std::string describe() const {
    std::string list;
    for (const SentencePiece &piece : file.pieces)
      list += (list.empty() ? "[" : ",[") + jsonString(piece.text) + "," + jsonNumber(piece.score) + "," +
              std::to_string(static_cast<int>(piece.kind)) + "]";
    JsonObject object;
    object.add("format", "tern-tokenizer").add("version", 1).add("kind", "sentencepiece").add("adds_space", file.addsSpace);
    object.add("begin", file.begin).add("end", file.end).add("pad", file.pad).addRaw("pieces", "[" + list + "]");
    return object.text();
  }

  const SentencePieces &file;
  const std::string &path;
  PublishedParts parts;
  std::array<int32_t, 256> byteTokens;
  int32_t unknown = Vocabulary::none;
  std::vector<AddedToken> wholes;
};

} // namespace

Result<std::unique_ptr<Tokenizer>> makeSentencePieces(SentencePieces file, const std::string &path) {
  for (SentencePiece &piece : file.pieces)
    piece.score += 0.0f; // JSON has no -0
  return Builder(file, path).build();
}

static Result<SentencePiece> readPiece(const JsonField &field) {
  using nlohmann::json;
  const json &value = field.json();
  bool isPiece = value.is_array() && value.size() == 3 && value[0].is_string() && value[1].is_number() &&
                 value[2].is_number_unsigned() && value[2] >= 1 && value[2] <= 6;
  if (!isPiece)
    return field.wrong("a text, a score, and a kind from 1 to 6");
  return SentencePiece{value[0].get<std::string>(), value[1].get<float>(), static_cast<Kind>(value[2].get<int>())};
}

Result<std::unique_ptr<Tokenizer>> readSentencePieceJson(const JsonField &root, const std::string &path) {
  SentencePieces file;
  JsonField pieces = root["pieces"];
  TERN_TRY(pieces.expectList());
  for (size_t index = 0; index < pieces.json().size(); ++index) {
    TERN_ASSIGN(SentencePiece piece, readPiece(pieces[index]));
    file.pieces.push_back(std::move(piece));
  }
  TERN_ASSIGN(file.addsSpace, root["adds_space"].flag(true));
  const std::pair<const char *, int32_t *> specials[] = {{"begin", &file.begin}, {"end", &file.end}, {"pad", &file.pad}};
  for (const auto &[name, id] : specials)
    if (root[name].json() != -1) {
      TERN_ASSIGN(*id, root[name].id());
    }
  return makeSentencePieces(std::move(file), path);
}

} // namespace tern::rt
