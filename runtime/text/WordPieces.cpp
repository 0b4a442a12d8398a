// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The longest token is looked for from the longest possible one down: words are short.

#include "runtime/text/WordPieces.h"

#include "runtime/core/Json.h"
#include "runtime/text/Utf8.h"

#include <algorithm>

namespace tern::rt {

WordPieces::WordPieces(Tokens beginning, Tokens goingOn, const Limits &limits)
    : beginning(std::move(beginning)), goingOn(std::move(goingOn)), limits(limits) {
  for (const Tokens *tokens : {&this->beginning, &this->goingOn})
    for (const auto &[text, id] : *tokens)
      longestToken = std::max(longestToken, text.size());
}

static size_t charactersIn(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char byte) { return (byte & 0xc0) != 0x80; }));
}

void WordPieces::encodeWord(std::string_view word, std::vector<int32_t> &ids) const {
  size_t from = ids.size();
  bool isKnown = charactersIn(word) <= limits.longestWord;
  std::string piece;
  for (size_t at = 0; at < word.size() && isKnown;) {
    const Tokens &tokens = at == 0 ? beginning : goingOn;
    auto found = tokens.end();
    for (piece = word.substr(at, longestToken); !piece.empty() && found == tokens.end(); piece.pop_back())
      if ((found = tokens.find(piece)) != tokens.end())
        break;
    isKnown = found != tokens.end();
    if (isKnown) {
      ids.push_back(found->second);
      at += piece.size();
    }
  }
  if (!isKnown) {
    ids.resize(from);
    ids.push_back(limits.unknown);
  }
}

Status WordPieces::encode(std::span<const std::string_view> words, const Vocabulary &, std::vector<int32_t> &ids) const {
  return key.encodeCached(words, ids, [&](std::string_view word) {
    if (!word.empty())
      encodeWord(word, ids);
    return success();
  });
}

// A word takes time by the square of these.
static constexpr int32_t mostCharacters = 1000;
static constexpr size_t longestName = 1024;

Result<std::unique_ptr<WordModel>> readWordPieces(const JsonField &model, Vocabulary &vocabulary) {
  TERN_ASSIGN(std::string prefix, model["continuing_subword_prefix"].text("##"));
  TERN_ASSIGN(std::string unknownName, model["unk_token"].text("[UNK]"));
  WordPieces::Limits limits;
  if (JsonField longest = model["max_input_chars_per_word"]; !longest.isNull()) {
    TERN_ASSIGN(int32_t count, longest.id());
    if (count > mostCharacters)
      return error(longest.where(), " is ", count, "; ", mostCharacters, " are possible");
    limits.longestWord = static_cast<size_t>(count);
  }
  WordPieces::Tokens beginning, goingOn;
  for (const auto &[name, value] : model["vocab"].json().get_ref<const nlohmann::json::object_t &>()) {
    JsonField item(value, model["vocab"].where() + " of " + jsonString(name));
    TERN_ASSIGN(int32_t id, item.id());
    if (id >= vocabulary.size())
      return error(item.where(), " is ", id, ", but the file has only ", vocabulary.size(), " tokens and places for them");
    if (vocabulary.has(id))
      return error(item.where(), " is ", id, ", which another token has, too");
    if (name.size() > longestName)
      return error(item.where(), " has a name of ", name.size(), " bytes; ", longestName, " are possible");
    bool goesOn = !prefix.empty() && name.size() > prefix.size() && name.starts_with(prefix);
    std::string text = goesOn ? name.substr(prefix.size()) : name;
    bool isSpecial = name.starts_with('[') && name.ends_with(']') && name.size() > 2; // "[CLS]" is no word
    vocabulary.set(id, goesOn || isSpecial ? text : " " + text, isSpecial);
    (goesOn ? goingOn : beginning).emplace(std::move(text), id);
  }
  auto unknown = beginning.find(unknownName);
  if (unknown == beginning.end())
    return error(model["unk_token"].where(), " is ", jsonString(unknownName), ", which is not in the vocabulary");
  limits.unknown = unknown->second;
  return std::unique_ptr<WordModel>(std::make_unique<WordPieces>(std::move(beginning), std::move(goingOn), limits));
}

// The tokenizer.json that says what a vocab.txt leaves to the reader: everything else is then the same.
Result<std::unique_ptr<Tokenizer>> readBertVocabulary(std::string_view text, const std::string &path) {
  using nlohmann::json;
  json vocabulary = json::object(), added = json::array();
  bool hasCapitals = false;
  int64_t id = 0;
  for (size_t at = 0; at < text.size(); ++id) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string token(text.substr(at, end - at));
    at = end + 1;
    if (token.ends_with('\r'))
      token.pop_back();
    if (token.empty() || validPrefix(token) != token.size())
      return error("'", path, "' line ", id + 1, " is ", token.empty() ? "empty" : "not valid UTF-8");
    if (!vocabulary.emplace(token, id).second)
      return error("'", path, "' line ", id + 1, " has the token ", jsonString(token), " for the second time");
    bool isSpecial = token.starts_with('[') && token.ends_with(']') && token.size() > 2;
    hasCapitals |= !isSpecial && std::ranges::any_of(token, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
    for (std::string_view name : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
      if (token == name)
        added.push_back({{"id", id}, {"content", token}, {"normalized", false}, {"special", true}});
  }
  json object = {{"version", "1.0"},
                 {"added_tokens", added},
                 {"normalizer", {{"type", "BertNormalizer"}, {"clean_text", true}, {"handle_chinese_chars", true},
                                 {"strip_accents", nullptr}, {"lowercase", !hasCapitals}}},
                 {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                 {"model", {{"type", "WordPiece"}, {"unk_token", "[UNK]"}, {"continuing_subword_prefix", "##"},
                            {"max_input_chars_per_word", 100}, {"vocab", vocabulary}}}};
  return parseTokenizer(object.dump(), path);
}

} // namespace tern::rt
