// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The word tokenizer: a token is a frequent word of the text that it was built from, or a byte of anything else. One
// space between two such words is no token, so a sentence has about as many tokens as words; every text reads back as
// it was.

#include "runtime/core/Json.h"
#include "runtime/text/Kinds.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <map>

namespace tern::rt {

static constexpr int64_t byteCount = 256;

// ASCII letters and digits, and whatever is not ASCII.
static bool isWordByte(unsigned char byte) {
  unsigned char lower = byte | 0x20;
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z');
}

// The longest word that starts at `at`; it may be empty.
static std::string_view wordAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && isWordByte(static_cast<unsigned char>(text[end])))
    ++end;
  return text.substr(at, end - at);
}

namespace {

class WordTokenizer : public Tokenizer {
public:
  explicit WordTokenizer(std::vector<std::string> list) : words(std::move(list)) {
    for (size_t index = 0; index < words.size(); ++index)
      ids[words[index]] = static_cast<int32_t>(byteCount + static_cast<int64_t>(index));
  }

  std::string_view name() const override { return "words"; }
  int64_t vocabularySize() const override { return byteCount + static_cast<int64_t>(words.size()); }

  Status encode(std::string_view text, std::vector<int32_t> &result) const override {
    for (size_t at = 0; at < text.size();) {
      std::string_view run = wordAt(text, at);
      auto known = ids.find(run);
      if (known == ids.end()) {
        std::string_view rest = run.empty() ? text.substr(at, 1) : run;
        TERN_TRY(bytes->encode(rest, result));
        at += rest.size();
        continue;
      }
      result.push_back(known->second);
      at += run.size();
      if (at < text.size() && text[at] == ' ' && ids.contains(wordAt(text, at + 1)))
        ++at;
    }
    return success();
  }

  std::string_view tokenBytes(int32_t id) const override {
    if (id < byteCount)
      return bytes->tokenBytes(id);
    return id < vocabularySize() ? std::string_view(words[id - byteCount]) : std::string_view();
  }

  std::string_view between(int32_t before, int32_t id) const override {
    return isWord(before) && isWord(id) ? " " : "";
  }

  std::string description() const override {
    std::string list;
    for (const std::string &word : words)
      list += (list.empty() ? "" : ",") + jsonString(word);
    return R"({"format":"tern-tokenizer","version":1,"kind":"words","words":[)" + list + "]}";
  }

private:
  bool isWord(int32_t id) const { return id >= byteCount && id < vocabularySize(); }

  std::unique_ptr<Tokenizer> bytes = makeByteTokenizer();
  std::vector<std::string> words;
  std::map<std::string, int32_t, std::less<>> ids;
};

} // namespace

// A word that can be written into a file.
static bool isWord(std::string_view text) {
  return !text.empty() && wordAt(text, 0).size() == text.size() && replaceInvalid(text) == text;
}

Result<std::unique_ptr<Tokenizer>> makeWordTokenizer(std::string_view corpus, int64_t room) {
  if (room != 0 && room <= byteCount + specialTokenCount)
    return error(
        "a vocabulary of ", room, " has no room for words beside ", byteCount, " bytes and ", specialTokenCount,
        " special tokens; compile the model with a larger one (ternc --define vocab=N) or use --tokenizer bytes");
  std::map<std::string_view, int64_t> counts;
  for (size_t at = 0; at < corpus.size();) {
    std::string_view word = wordAt(corpus, at);
    at += word.size() + 1;
    if (!word.empty())
      ++counts[word];
  }
  std::vector<std::pair<std::string_view, int64_t>> frequent;
  std::ranges::copy_if(counts, std::back_inserter(frequent),
                       [](auto &entry) { return entry.second > 1 && isWord(entry.first); });
  std::ranges::stable_sort(frequent, [](auto &one, auto &other) { return one.second > other.second; });
  if (size_t most = static_cast<size_t>(room - byteCount - specialTokenCount); room != 0 && frequent.size() > most)
    frequent.resize(most);
  std::vector<std::string> words;
  for (auto [word, times] : frequent)
    words.emplace_back(word);
  return std::unique_ptr<Tokenizer>(std::make_unique<WordTokenizer>(std::move(words)));
}

Result<std::unique_ptr<Tokenizer>> makeWordTokenizer(std::vector<std::string> words, const std::string &path) {
  std::vector<std::string_view> sorted(words.begin(), words.end());
  std::ranges::sort(sorted);
  for (std::string_view word : sorted)
    if (!isWord(word))
      return error("'", path, "': ", jsonString(word), " in 'words' is not one word");
  if (auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    return error("'", path, "': ", jsonString(*twice), " is twice in 'words'");
  return std::unique_ptr<Tokenizer>(std::make_unique<WordTokenizer>(std::move(words)));
}

} // namespace tern::rt
