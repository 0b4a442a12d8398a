// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The model "BPE" of a tokenizer.json: tokens in letters of the byte alphabet, merges as "a b" or ["a", "b"].

#include "runtime/core/Json.h"
#include "runtime/text/ByteAlphabet.h"
#include "runtime/text/BytePairs.h"
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

Status readTokens(const JsonField &field, Vocabulary &vocabulary, Names &names) {
  for (const auto &[name, value] : field.json().get_ref<const json::object_t &>()) {
    JsonField item(value, field.where() + " of " + jsonString(name));
    TERN_ASSIGN(int32_t id, item.id());
    if (id >= vocabulary.size())
      return error(item.where(), " is ", id, ", but the file has only ", vocabulary.size(), " tokens and places for them");
    if (vocabulary.has(id))
      return error(item.where(), " is ", id, ", which is also ", jsonString(vocabulary.bytes(id)));
    std::optional<std::string> bytes = bytesOf(name);
    bool isWord = bytes.has_value();
    vocabulary.set(id, isWord ? std::move(*bytes) : name, isWord);
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

Status addMerge(const JsonField &field, const Names &names, Merger &merger) {
  TERN_ASSIGN(auto sides, sidesOf(field));
  std::string whole = std::string(sides.first).append(sides.second);
  int32_t found[3];
  for (int index = 0; std::string_view name : {sides.first, sides.second, std::string_view(whole)}) {
    auto entry = names.find(name);
    if (entry == names.end())
      return error(field.where(), " needs the token ", jsonString(name), ", which is not in the vocabulary");
    found[index++] = entry->second;
  }
  if (!merger.add(found[0], found[1], found[2]))
    return error(field.where(), " merges ", jsonString(sides.first), " and ", jsonString(sides.second), " for the second time");
  return success();
}

} // namespace

Result<std::unique_ptr<WordModel>> readBytePairs(const JsonField &model, Vocabulary &vocabulary) {
  TERN_TRY(refuseVariants(model));
  TERN_TRY(model["merges"].expectList());
  Names names;
  TERN_TRY(readTokens(model["vocab"], vocabulary, names));
  const json &merges = model["merges"].json();
  Merger merger(merges.size());
  std::string place = model["merges"].where();
  for (size_t index = 0; index < merges.size(); ++index)
    TERN_TRY(addMerge(JsonField(merges, place)[index], names, merger));
  std::array<int32_t, 256> bytes;
  for (int byte = 0; byte < 256; ++byte) {
    char text = static_cast<char>(byte);
    bytes[byte] = vocabulary.find({&text, 1});
  }
  TERN_ASSIGN(bool wholeWordsFirst, model["ignore_merges"].flag(false));
  return std::unique_ptr<WordModel>(std::make_unique<BytePairs>(std::move(merger), bytes, wholeWordsFirst));
}

} // namespace tern::rt
