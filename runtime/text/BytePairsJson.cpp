// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The model "BPE" of a tokenizer.json: tokens in letters of the byte alphabet, or as characters with U+2581 for a space; merges
// as "a b" or ["a", "b"].

#include "runtime/core/Json.h"
#include "runtime/text/ByteAlphabet.h"
#include "runtime/text/BytePairs.h"
#include "runtime/text/CharacterPairs.h"
#include "runtime/text/TokenizerJson.h"

namespace tern::rt {

using nlohmann::json;

namespace {

using Names = std::unordered_map<std::string_view, int32_t>; // as the file writes the tokens

// Parts that change the ids and that no supported model has.
Status refuseVariants(const JsonField &model) {
  for (const char *name : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    TERN_ASSIGN(std::string affix, model[name].text(""));
    if (!affix.empty())
      return error(model[name].where(), " is ", jsonString(affix), "; byte-level models have none");
  }
  if (const json &dropout = model["dropout"].json(); !dropout.is_null() && dropout != 0.0)
    return error(model["dropout"].where(), " is ", dropout.dump(), "; dropout of merges is not supported, set it to null");
  return success();
}

// The token as bytes of text, and whether words can hold it.
std::pair<std::string, bool> tokenOf(const std::string &name, bool isByteLevel, bool hasByteNames) {
  if (isByteLevel) {
    std::optional<std::string> bytes = bytesOf(name);
    return bytes ? std::pair(std::move(*bytes), true) : std::pair(name, false);
  }
  if (int byte = hasByteNames ? byteOfName(name) : -1; byte >= 0)
    return {std::string(1, static_cast<char>(byte)), false};
  return {withSpaces(name), true};
}

Status readTokens(const JsonField &field, bool isByteLevel, bool hasByteNames, Vocabulary &vocabulary, Names &names) {
  for (const auto &[name, value] : field.json().get_ref<const json::object_t &>()) {
    JsonField item(value, field.where() + " of " + jsonString(name));
    TERN_ASSIGN(int32_t id, item.id());
    if (id >= vocabulary.size())
      return error(item.where(), " is ", id, ", but the file has only ", vocabulary.size(), " tokens and places for them");
    if (vocabulary.has(id))
      return error(item.where(), " is ", id, ", which is also ", jsonString(vocabulary.bytes(id)));
    auto [bytes, isWord] = tokenOf(name, isByteLevel, hasByteNames);
    vocabulary.set(id, std::move(bytes), isWord);
    names.emplace(name, id);
  }
  return success();
}

// The two sides of a merge; views into the JSON value.
Result<std::pair<std::string_view, std::string_view>> sidesOf(const JsonField &field) {
  const json &value = field.json();
  if (value.is_string()) {
    std::string_view text = value.get_ref<const std::string &>();
    size_t space = text.find(' ');
    if (space != text.npos && text.find(' ', space + 1) == text.npos)
      return std::pair(text.substr(0, space), text.substr(space + 1));
  } else if (value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string()) {
    return std::pair<std::string_view, std::string_view>(value[0].get_ref<const std::string &>(),
                                                         value[1].get_ref<const std::string &>());
  }
  return field.wrong("two tokens, as \"a b\" or [\"a\", \"b\"]");
}

Status addMerge(const JsonField &field, int32_t rank, const Names &names, Merger &merger) {
  TERN_ASSIGN(auto sides, sidesOf(field));
  std::string whole = std::string(sides.first).append(sides.second);
  int32_t found[3];
  for (int index = 0; std::string_view name : {sides.first, sides.second, std::string_view(whole)}) {
    auto entry = names.find(name);
    if (entry == names.end())
      return error(field.where(), " needs the token ", jsonString(name), ", which is not in the vocabulary");
    found[index++] = entry->second;
  }
  if (!merger.add(found[0], found[1], found[2], rank))
    return error(field.where(), " merges ", jsonString(sides.first), " and ", jsonString(sides.second), " for the second time");
  return success();
}

std::array<int32_t, 256> byteTokens(bool isByteLevel, bool hasByteNames, const Vocabulary &vocabulary, const Names &names) {
  std::array<int32_t, 256> bytes;
  bytes.fill(Vocabulary::none);
  for (int byte = 0; byte < 256 && isByteLevel; ++byte) {
    char text = static_cast<char>(byte);
    bytes[byte] = vocabulary.find({&text, 1});
  }
  for (const auto &[name, id] : names)
    if (int byte = !isByteLevel && hasByteNames ? byteOfName(name) : -1; byte >= 0)
      bytes[byte] = id;
  return bytes;
}

Result<int32_t> readUnknown(const JsonField &field, const Names &names) {
  if (field.isNull())
    return Vocabulary::none;
  TERN_ASSIGN(std::string name, field.text());
  auto found = names.find(name);
  if (found == names.end())
    return error(field.where(), " is ", jsonString(name), ", which is not in the vocabulary");
  return found->second;
}

} // namespace

int byteOfName(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>')
    return -1;
  int value = 0;
  for (char digit : text.substr(3, 2)) {
    bool isDigit = digit >= '0' && digit <= '9', isLetter = digit >= 'A' && digit <= 'F';
    if (!isDigit && !isLetter)
      return -1;
    value = value * 16 + (isDigit ? digit - '0' : digit - 'A' + 10);
  }
  return value;
}

std::string withSpaces(std::string_view text) {
  static constexpr std::string_view space = "\u2581";
  std::string result;
  for (size_t at = text.find(space); at != text.npos; at = text.find(space)) {
    result.append(text.substr(0, at)).append(" ");
    text.remove_prefix(at + space.size());
  }
  return result.append(text);
}

Result<std::unique_ptr<WordModel>> readBytePairs(const JsonField &model, bool isByteLevel, Vocabulary &vocabulary) {
  TERN_TRY(refuseVariants(model));
  TERN_TRY(model["merges"].expectList());
  TERN_ASSIGN(bool hasByteNames, model["byte_fallback"].flag(false));
  Names names;
  TERN_TRY(readTokens(model["vocab"], isByteLevel, hasByteNames, vocabulary, names));
  const json &merges = model["merges"].json();
  Merger merger(merges.size());
  std::string place = model["merges"].where();
  for (size_t index = 0; index < merges.size(); ++index)
    TERN_TRY(addMerge(JsonField(merges, place)[index], static_cast<int32_t>(index), names, merger));
  auto bytes = byteTokens(isByteLevel, hasByteNames, vocabulary, names);
  if (!isByteLevel) {
    TERN_ASSIGN(int32_t unknown, readUnknown(model["unk_token"], names));
    return std::unique_ptr<WordModel>(std::make_unique<CharacterPairs>(std::move(merger), bytes, unknown));
  }
  TERN_ASSIGN(bool wholeWordsFirst, model["ignore_merges"].flag(false));
  return std::unique_ptr<WordModel>(std::make_unique<BytePairs>(std::move(merger), bytes, wholeWordsFirst));
}

} // namespace tern::rt
