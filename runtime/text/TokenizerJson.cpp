// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tokenizer.json as a whole: its sections in their order, special tokens, what stands before every text. Its sections
// "truncation" and "padding" are matters of the data, not of the text, and are not read; nor is the pair template.

#include "runtime/text/TokenizerJson.h"

#include "runtime/core/Json.h"
#include "runtime/text/WordPieces.h"

#include <algorithm>

namespace tern::rt {

using nlohmann::json;

namespace {

// How the published models name their special tokens; of several in a file the first here counts.
constexpr std::pair<SpecialToken, std::string_view> specialNames[] = {
    {SpecialToken::Pad, "<pad>"},          {SpecialToken::Pad, "[PAD]"},
    {SpecialToken::Begin, "<s>"},          {SpecialToken::Begin, "<bos>"},
    {SpecialToken::Begin, "[CLS]"},        {SpecialToken::Begin, "<|begin_of_text|>"},
    {SpecialToken::Begin, "<|endoftext|>"}, {SpecialToken::End, "</s>"},
    {SpecialToken::End, "<eos>"},          {SpecialToken::End, "[SEP]"},
    {SpecialToken::End, "<|end_of_text|>"}, {SpecialToken::End, "<|endoftext|>"},
    {SpecialToken::Mask, "<mask>"},        {SpecialToken::Mask, "[MASK]"},
};

// Ids may leave some places free (for tokens to come), but not far beyond what the file holds.
Result<size_t> vocabularySize(const JsonField &tokens, const JsonField &added) {
  size_t entries = tokens.json().size() + added.json().size();
  size_t size = 0;
  auto count = [&](const json &id) {
    if (id.is_number_unsigned() && id.get<uint64_t>() < 2 * entries + 1024)
      size = std::max(size, static_cast<size_t>(id.get<uint64_t>()) + 1);
  };
  for (const json &id : tokens.json())
    count(id);
  for (const json &token : added.json())
    if (token.is_object())
      count(token.value("id", json()));
  if (size == 0)
    return error(tokens.where(), " has no token with an id");
  return size;
}

class Reader {
public:
  Reader(const JsonField &root, PublishedParts &parts) : root(root), parts(parts) {}

  Status read() {
    TERN_TRY(readSplitting());
    TERN_TRY(readAdded());
    for (const auto &[token, name] : specialNames)
      if (int32_t &id = parts.specials[static_cast<size_t>(token)]; id == Vocabulary::none)
        id = parts.vocabulary.find(name);
    return readLeading(root["post_processor"]);
  }

private:
  Status readSplitting() {
    std::vector<NormalizerStep> steps;
    TERN_TRY(readNormalizer(root["normalizer"], steps));
    PreTokenizer words;
    TERN_TRY(readPreTokenizer(root["pre_tokenizer"], words));
    if (root["model"]["type"].json() == "WordPiece")
      return readWordPiece(std::move(steps), std::move(words));
    if (words.addsSpace)
      steps.push_back({NormalizerStep::Kind::LeadingSpace, {}});
    TERN_ASSIGN(parts.model, readBytePairs(root["model"], words.isByteLevel, parts.vocabulary));
    parts.splitter = std::move(words.splitter);
    if (!words.isByteLevel)
      TERN_TRY(splitAtSpaces(steps));
    parts.normalizer = Normalizer(std::move(steps));
    return success();
  }

  Status readWordPiece(std::vector<NormalizerStep> steps, PreTokenizer words) {
    if (words.isByteLevel)
      return error(root["pre_tokenizer"].where(), " has ByteLevel, which a WordPiece model cannot use");
    TERN_ASSIGN(parts.model, readWordPieces(root["model"], parts.vocabulary));
    parts.normalizer = Normalizer(std::move(steps));
    parts.splitter = std::move(words.splitter);
    parts.addsSpace = true;
    return success();
  }

  // Text over characters: the tokens have spaces for U+2581.
  Status splitAtSpaces(std::vector<NormalizerStep> &steps) {
    if (!root["pre_tokenizer"].isNull())
      return error(root["pre_tokenizer"].where(), " has no ByteLevel; a BPE model has that, or no pre-tokenizer at all");
    parts.addsSpace = std::ranges::any_of(steps, [](const NormalizerStep &step) { return step.kind == NormalizerStep::Kind::Prepend; });
    steps.push_back({NormalizerStep::Kind::Replace, "\u2581", " "});
    return addSpacedWords(parts);
  }

  Status readAdded() {
    std::vector<AddedToken> raw, normalized;
    JsonField list = root["added_tokens"];
    for (size_t index = 0; index < list.json().size(); ++index) {
      AddedToken token;
      TERN_TRY(readToken(list[index], token));
      TERN_ASSIGN(bool isNormalized, list[index]["normalized"].flag(false));
      (isNormalized ? normalized : raw).push_back(std::move(token));
    }
    parts.rawTokens = AddedTokens(std::move(raw));
    parts.normalizedTokens = AddedTokens(std::move(normalized));
    return success();
  }

  Status readToken(const JsonField &field, AddedToken &token) {
    TERN_TRY(field.expectObject());
    TERN_ASSIGN(token.content, field["content"].text());
    TERN_ASSIGN(token.id, field["id"].id());
    TERN_ASSIGN(token.takesSpacesBefore, field["lstrip"].flag(false));
    TERN_ASSIGN(token.takesSpacesAfter, field["rstrip"].flag(false));
    TERN_ASSIGN(bool isWord, field["single_word"].flag(false));
    if (token.content.empty())
      return error(field["content"].where(), " is empty");
    if (isWord)
      return error(field["single_word"].where(), " is true; tokens that count as whole words only are not supported");
    return addToken(field, token);
  }

  Status addToken(const JsonField &field, const AddedToken &token) {
    Vocabulary &vocabulary = parts.vocabulary;
    if (token.id >= vocabulary.size())
      return error(field["id"].where(), " is ", token.id, ", but the file has only ", vocabulary.size(), " tokens and places for them");
    int32_t known = vocabulary.find(token.content);
    if (known != Vocabulary::none && known != token.id)
      return error(field.where(), " gives ", jsonString(token.content), " the id ", token.id, ", but it has the id ", known);
    if (vocabulary.has(token.id) && vocabulary.bytes(token.id) != token.content)
      return error(field["id"].where(), " is ", token.id, ", which is also ", jsonString(vocabulary.bytes(token.id)));
    if (!vocabulary.has(token.id))
      vocabulary.set(token.id, token.content);
    return success();
  }

  // What a template puts before a single text.
  Status readLeading(const JsonField &field) {
    if (field.isNull())
      return success();
    TERN_ASSIGN(std::string type, field["type"].text());
    if (type == "ByteLevel")
      return success();
    if (type == "TemplateProcessing")
      return readTemplate(field["single"]);
    if (type == "RobertaProcessing" || type == "BertProcessing") {
      TERN_TRY(field["cls"].expectList());
      if (field["cls"].json().size() != 2)
        return field["cls"].wrong("a token and its id");
      return addLeading(field["cls"][size_t{0}]);
    }
    if (type != "Sequence")
      return error(field.where(), " is of type ", jsonString(type),
                   "; supported are ByteLevel, TemplateProcessing, RobertaProcessing, BertProcessing and a Sequence of them");
    JsonField list = field["processors"];
    TERN_TRY(list.expectList());
    for (size_t index = 0; index < list.json().size(); ++index) {
      if (list[index]["type"].json() == "Sequence")
        return error(list[index].where(), " is a Sequence within a Sequence");
      TERN_TRY(readLeading(list[index]));
    }
    return success();
  }

  Status readTemplate(const JsonField &field) {
    TERN_TRY(field.expectList());
    for (size_t index = 0; index < field.json().size(); ++index) {
      TERN_TRY(field[index].expectObject());
      if (!field[index]["Sequence"].isNull())
        break;
      TERN_TRY(addLeading(field[index]["SpecialToken"]["id"]));
    }
    return success();
  }

  Status addLeading(const JsonField &field) {
    TERN_ASSIGN(std::string name, field.text());
    int32_t id = parts.vocabulary.find(name);
    if (id == Vocabulary::none)
      return error(field.where(), " is ", jsonString(name), ", which is not a token");
    parts.leading.push_back(id);
    return success();
  }

  JsonField root;
  PublishedParts &parts;
};

} // namespace

Result<std::unique_ptr<Tokenizer>> readTokenizerJson(const json &object, std::string_view text, const std::string &path) {
  JsonField root(object, "'" + path + "'");
  JsonField model = root["model"], added = root["added_tokens"];
  TERN_TRY(model.expectObject());
  TERN_ASSIGN(std::string type, model["type"].text());
  if (type != "BPE" && type != "WordPiece")
    return error(model["type"].where(), " is ", jsonString(type), ", a kind of tokenizer that this runtime does not have;",
                 " it has BPE and WordPiece");
  TERN_TRY(model["vocab"].expectObject());
  if (!added.isNull())
    TERN_TRY(added.expectList());
  TERN_ASSIGN(size_t size, vocabularySize(model["vocab"], added));
  PublishedParts parts{Vocabulary(size)};
  TERN_TRY(Reader(root, parts).read());
  parts.file = text;
  return makePublished(std::move(parts));
}

} // namespace tern::rt
