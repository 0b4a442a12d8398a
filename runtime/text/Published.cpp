// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes that are not UTF-8 are words of their own: byte-level models keep them, the others say what they lack.

#include "runtime/text/Published.h"

#include "runtime/text/Utf8.h"

namespace tern::rt {

namespace {

class Published : public Tokenizer {
public:
  explicit Published(PublishedParts parts) : parts(std::move(parts)) {}

  std::string_view name() const override { return parts.model->name(); }
  int64_t vocabularySize() const override { return parts.vocabulary.size(); }
  std::string_view tokenBytes(int32_t id) const override { return parts.vocabulary.bytes(id); }
  std::string description() const override { return parts.file; }
  bool addsSpace() const override { return parts.addsSpace; }
  std::span<const int32_t> leading() const override { return parts.leading; }

  int32_t special(SpecialToken token) const override {
    int32_t id = parts.specials[static_cast<size_t>(token)];
    return id == Vocabulary::none ? Tokenizer::special(token) : id;
  }

  Status encode(std::string_view text, std::vector<int32_t> &ids) const override {
    return between(parts.rawTokens, text, ids, [&](std::string_view part) { return encodePart(part, ids); });
  }

private:
  // The ids of the tokens that are found; `rest` encodes what lies between.
  template <typename Rest>
  static Status between(const AddedTokens &tokens, std::string_view text, std::vector<int32_t> &ids, Rest rest) {
    for (size_t at = 0; at < text.size();) {
      AddedTokens::Match match = tokens.find(text, at);
      TERN_TRY(rest(text.substr(at, match.begin == text.npos ? text.npos : match.begin - at)));
      if (match.begin == text.npos)
        break;
      ids.push_back(match.id);
      at = match.end;
    }
    return success();
  }

  Status encodePart(std::string_view text, std::vector<int32_t> &ids) const {
    while (!text.empty()) {
      size_t valid = validPrefix(text);
      if (valid > 0)
        TERN_TRY(encodeValid(text.substr(0, valid), ids));
      text.remove_prefix(valid);
      if (text.empty())
        break;
      if (!parts.model->keepsBytes())
        return error("the text is not valid UTF-8, and this tokenizer has no tokens for such bytes");
      std::string_view invalid = text.substr(0, nextCharacter(text).bytes);
      TERN_TRY(parts.model->encode({&invalid, 1}, parts.vocabulary, ids));
      text.remove_prefix(invalid.size());
    }
    return success();
  }

  Status encodeValid(std::string_view text, std::vector<int32_t> &ids) const {
    std::string normal;
    if (!parts.normalizer.isIdentity()) {
      TERN_ASSIGN(normal, parts.normalizer.apply(text));
      text = normal;
    }
    return between(parts.normalizedTokens, text, ids, [&](std::string_view part) {
      return parts.splitter.split(part, [&](Splitter::Words words) { return parts.model->encode(words, parts.vocabulary, ids); });
    });
  }

  PublishedParts parts;
};

} // namespace

Status addSpacedWords(PublishedParts &parts) {
  for (int32_t id = 0; id < parts.vocabulary.size(); ++id) {
    std::string_view token = parts.vocabulary.bytes(id);
    size_t word = token.find_first_not_of(' ');
    if (word != token.npos && token.find(' ', word) != token.npos)
      return success();
  }
  TERN_ASSIGN(SplitStage stage, SplitStage::compile(spacedWords));
  parts.splitter.add(std::move(stage));
  return success();
}

std::unique_ptr<Tokenizer> makePublished(PublishedParts parts) { return std::make_unique<Published>(std::move(parts)); }

} // namespace tern::rt
