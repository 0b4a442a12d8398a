// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The registry of tokenizers, and decoding that is the same for all.

#include "runtime/text/Tokenizer.h"

#include "runtime/core/Files.h"
#include "runtime/text/Kinds.h"
#include "runtime/text/SentencePieces.h"
#include "runtime/text/TokenizerJson.h"
#include "runtime/text/Utf8.h"
#include "runtime/text/WordPieces.h"

#include <utility>

namespace tern::rt {

using nlohmann::json;

static constexpr const char *supported =
    "supported are 'bytes', 'chars', 'words', and a file: tokenizer.json, tokenizer.model, tokenizer.bin, vocab.txt";

std::string Tokenizer::decode(std::span<const int32_t> ids) const {
  std::string bytes;
  int32_t before = -1;
  for (int32_t id : ids) {
    bytes += between(before, id);
    bytes += tokenBytes(id);
    before = id;
  }
  return replaceInvalid(std::string_view(bytes).substr(addsSpace() && bytes.starts_with(' ') ? 1 : 0));
}

static Result<std::vector<std::string>> parseTexts(const json &object, const char *key, const std::string &path) {
  json list = object.value(key, json());
  if (!list.is_array())
    return error("'", path, "' has no list '", key, "'");
  std::vector<std::string> texts;
  for (const json &item : list) {
    if (!item.is_string())
      return error("'", path, "': an item of '", key, "' is not a text");
    texts.push_back(item);
  }
  return texts;
}

Result<std::unique_ptr<Tokenizer>> parseTokenizer(std::string_view text, const std::string &path) {
  TERN_ASSIGN(json object, parseJsonOnce(text, path));
  if (object.contains("model"))
    return readTokenizerJson(object, text, path);
  if (object.value("format", json()) != "tern-tokenizer")
    return error("'", path, "' is a JSON file of another kind; ", supported);
  if (object.value("version", json()) != 1)
    return error("'", path, "' has a tokenizer version that this runtime does not know");
  json kind = object.value("kind", json());
  if (kind == "bytes")
    return Result<std::unique_ptr<Tokenizer>>(makeByteTokenizer());
  if (kind == "chars") {
    TERN_ASSIGN(std::vector<std::string> characters, parseTexts(object, "characters", path));
    return makeCharacterTokenizer(std::move(characters), path);
  }
  if (kind == "words") {
    TERN_ASSIGN(std::vector<std::string> words, parseTexts(object, "words", path));
    return makeWordTokenizer(std::move(words), path);
  }
  if (kind == "sentencepiece")
    return readSentencePieceJson(JsonField(object, "'" + path + "'"), path);
  return error("'", path, "' holds a tokenizer of unknown kind ", kind.dump(-1, ' ', true), "; ", supported);
}

Result<std::unique_ptr<Tokenizer>> makeTokenizer(const std::string &spec, std::string_view corpus, int64_t room) {
  if (spec == "bytes")
    return Result<std::unique_ptr<Tokenizer>>(makeByteTokenizer());
  if (spec == "chars")
    return makeCharacterTokenizer(corpus);
  if (spec == "words")
    return makeWordTokenizer(corpus, room);
  if (!fileExists(spec))
    return error("unknown tokenizer '", spec, "', and there is no file of that name; ", supported);
  TERN_ASSIGN(std::string text, readFile(spec));
  if (spec.ends_with(".model"))
    return readSentencePieceModel(text, spec);
  if (spec.ends_with(".bin"))
    return readLlama2cTokenizer(text, spec);
  if (spec.ends_with("vocab.txt"))
    return readBertVocabulary(text, spec);
  return parseTokenizer(text, spec);
}

std::string StreamingDecoder::push(int32_t id) {
  std::string_view bytes = tokenizer.tokenBytes(id);
  if (!bytes.empty() && std::exchange(dropsSpace, false) && bytes[0] == ' ')
    bytes.remove_prefix(1);
  pending += tokenizer.between(before, id);
  pending += bytes;
  before = id;
  // Everything up to an incomplete character at the end can be shown.
  size_t complete = 0;
  while (complete < pending.size()) {
    Utf8Step step = nextCharacter(std::string_view(pending).substr(complete));
    if (step.kind == Utf8Kind::Incomplete)
      break;
    complete += step.bytes;
  }
  std::string text = replaceInvalid(std::string_view(pending).substr(0, complete));
  pending.erase(0, complete);
  return text;
}

std::string StreamingDecoder::finish() {
  std::string text = replaceInvalid(pending);
  pending.clear();
  return text;
}

} // namespace tern::rt
