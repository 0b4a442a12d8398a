// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tokenizer.model: a protobuf message, of which these few fields are read: the pieces (1), of the trainer (2) the kind of model
// and the special tokens, of the normaliser (3) what it does to the text.

#include "runtime/text/SentencePieces.h"
#include "runtime/text/Protobuf.h"
#include "runtime/text/TokenizerJson.h"

#include <bit>

namespace tern::rt {

namespace {

class Reader {
public:
  Reader(SentencePieces &file, const std::string &path) : file(file), path(path) {}

  Status read(std::string_view bytes) {
    TERN_TRY(eachField(bytes, "the model", [&](const ProtobufField &field) -> Status {
      bool isMessage = field.kind == ProtobufField::Kind::Bytes;
      if (field.number >= 1 && field.number <= 3 && !isMessage)
        return error("'", path, "': field ", field.number, " is not a message; it is no tokenizer.model of SentencePiece");
      if (field.number == 1)
        return readPiece(field.bytes);
      if (field.number == 2)
        return eachField(field.bytes, "the trainer's part", [&](const ProtobufField &inner) { return readTrainer(inner); });
      if (field.number == 3)
        return eachField(field.bytes, "the normaliser's part", [&](const ProtobufField &inner) { return readNormalizer(inner); });
      return success();
    }));
    return check();
  }

private:
  template <typename Take>
  Status eachField(std::string_view bytes, const std::string &where, Take take) {
    ProtobufReader reader(bytes);
    ProtobufField field;
    while (reader.next(field))
      TERN_TRY(take(field));
    if (!reader.failed())
      return success();
    return error("'", path, "': ", where, " is damaged at its byte ", reader.place(), "; it is no tokenizer.model of SentencePiece");
  }

  Status readPiece(std::string_view bytes) {
    SentencePiece piece;
    std::string where = "piece " + std::to_string(file.pieces.size());
    TERN_TRY(eachField(bytes, where, [&](const ProtobufField &field) -> Status {
      if (field.number == 1 && field.kind == ProtobufField::Kind::Bytes)
        piece.text = withSpaces(field.bytes);
      else if (field.number == 2 && field.kind == ProtobufField::Kind::Four)
        piece.score = std::bit_cast<float>(static_cast<uint32_t>(field.value));
      else if (field.number == 3 && field.kind == ProtobufField::Kind::Number && field.value >= 1 && field.value <= 6)
        piece.kind = static_cast<SentencePiece::Kind>(field.value);
      else if (field.number <= 3)
        return error("'", path, "': ", where, " has a field ", field.number, " of the wrong type or out of range");
      return success();
    }));
    file.pieces.push_back(std::move(piece));
    return success();
  }

  Status readTrainer(const ProtobufField &field) {
    switch (field.number) {
    case 3:
      modelType = field.value;
      break;
    case 24:
      isSpaceBehind = field.value != 0;
      break;
    case 41:
      file.begin = static_cast<int32_t>(field.value);
      break;
    case 42:
      file.end = static_cast<int32_t>(field.value);
      break;
    case 43:
      file.pad = static_cast<int32_t>(field.value);
      break;
    }
    return success();
  }

  Status readNormalizer(const ProtobufField &field) {
    if (field.number == 2)
      hasRules = !field.bytes.empty();
    else if (field.number == 3)
      file.addsSpace = field.value != 0;
    else if (field.number == 4)
      mergesSpaces = field.value != 0;
    return success();
  }

  Status check() const {
    constexpr uint64_t bytePairs = 2;
    if (modelType != bytePairs)
      return error("'", path, "' holds a model of kind ", modelType == 1 ? "unigram" : std::to_string(modelType),
                   "; of the SentencePiece models this runtime has those of byte pairs (2)");
    if (hasRules)
      return error("'", path, "' has normalisation rules of its own (precompiled_charsmap), which are not supported");
    if (mergesSpaces)
      return error("'", path, "' removes spaces that follow spaces (remove_extra_whitespaces), which is not supported");
    if (isSpaceBehind)
      return error("'", path, "' takes spaces as the ends of words (treat_whitespace_as_suffix), which is not supported");
    return success();
  }

  SentencePieces &file;
  const std::string &path;
  uint64_t modelType = 1; // as the message's definition says when it is absent
  bool hasRules = false, mergesSpaces = true, isSpaceBehind = false;
};

} // namespace

Result<std::unique_ptr<Tokenizer>> readSentencePieceModel(std::string_view bytes, const std::string &path) {
  SentencePieces file{.begin = 1, .end = 2}; // likewise
  TERN_TRY(Reader(file, path).read(bytes));
  return makeSentencePieces(std::move(file), path);
}

} // namespace tern::rt
