// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The character tokenizer: a token is a Unicode code point of the text that it was built from, numbered in code point
// order.

#include "runtime/core/Json.h"
#include "runtime/text/Kinds.h"
#include "runtime/text/Utf8.h"

#include <map>
#include <set>

namespace tern::rt {

namespace {

class CharacterTokenizer : public Tokenizer {
public:
  explicit CharacterTokenizer(std::vector<std::string> list) : characters(std::move(list)) {
    for (size_t id = 0; id < characters.size(); ++id)
      ids[characters[id]] = static_cast<int32_t>(id);
  }

  std::string_view name() const override { return "chars"; }
  int64_t vocabularySize() const override { return static_cast<int64_t>(characters.size()); }

  Status encode(std::string_view text, std::vector<int32_t> &result) const override {
    for (size_t at = 0; at < text.size();) {
      Utf8Step step = nextCharacter(text.substr(at));
      if (step.kind != Utf8Kind::Character)
        return error("the text is not valid UTF-8 at byte ", at, "; use --tokenizer bytes for such text");
      auto found = ids.find(text.substr(at, step.bytes));
      if (found == ids.end())
        return error("the character ", jsonString(text.substr(at, step.bytes)), " at byte ", at,
                     " is not in the vocabulary of the character tokenizer (", characters.size(), " characters)");
      result.push_back(found->second);
      at += step.bytes;
    }
    return success();
  }

  std::string_view tokenBytes(int32_t id) const override {
    return id >= 0 && id < vocabularySize() ? std::string_view(characters[id]) : std::string_view();
  }

  std::string description() const override {
    std::string list;
    for (const std::string &character : characters)
      list += (list.empty() ? "" : ",") + jsonString(character);
    return R"({"format":"tern-tokenizer","version":1,"kind":"chars","characters":[)" + list + "]}";
  }

private:
  std::vector<std::string> characters;
  std::map<std::string, int32_t, std::less<>> ids;
};

} // namespace

Result<std::unique_ptr<Tokenizer>> makeCharacterTokenizer(std::string_view corpus) {
  std::set<std::string, std::less<>> characters; // UTF-8 sorts as code points do
  for (size_t at = 0; at < corpus.size();) {
    Utf8Step step = nextCharacter(corpus.substr(at));
    if (step.kind != Utf8Kind::Character)
      return error("the text is not valid UTF-8 at byte ", at, "; use --tokenizer bytes for such text");
    if (std::string_view character = corpus.substr(at, step.bytes); !characters.contains(character))
      characters.emplace(character);
    at += step.bytes;
  }
  if (characters.empty())
    return error("a character tokenizer needs a text to take its characters from, and the text is empty");
  return std::unique_ptr<Tokenizer>(
      std::make_unique<CharacterTokenizer>(std::vector<std::string>(characters.begin(), characters.end())));
}

Result<std::unique_ptr<Tokenizer>> makeCharacterTokenizer(std::vector<std::string> characters,
                                                          const std::string &path) {
  std::set<std::string> seen;
  for (const std::string &character : characters) {
    Utf8Step step = character.empty() ? Utf8Step{Utf8Kind::Invalid, 0} : nextCharacter(character);
    if (step.kind != Utf8Kind::Character || step.bytes != character.size())
      return error("'", path, "': ", jsonString(character), " in 'characters' is not one character");
    if (!seen.insert(character).second)
      return error("'", path, "': ", jsonString(character), " is twice in 'characters'");
  }
  if (characters.empty())
    return error("'", path, "': 'characters' is empty");
  return std::unique_ptr<Tokenizer>(std::make_unique<CharacterTokenizer>(std::move(characters)));
}

} // namespace tern::rt
