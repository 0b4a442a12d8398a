// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sections "normalizer" and "pre_tokenizer" of a tokenizer.json. Both may be sequences of themselves.

#include "runtime/core/Json.h"
#include "runtime/text/TokenizerJson.h"

namespace tern::rt {

static constexpr int deepestSequence = 8;

static Error unsupported(const JsonField &field, const std::string &type, std::string_view supported) {
  return error(field.where(), " is of type ", jsonString(type), ", which this runtime does not have; supported are ", supported);
}

// Calls `read` with every element of a Sequence, or with the field itself.
template <typename Read>
static Status eachOf(const JsonField &field, const char *list, Read read, int depth = 0) {
  if (field.isNull())
    return success();
  TERN_TRY(field.expectObject());
  TERN_ASSIGN(std::string type, field["type"].text());
  if (type != "Sequence")
    return read(field, type);
  if (depth == deepestSequence)
    return error(field.where(), " is a Sequence within Sequences, deeper than ", deepestSequence);
  TERN_TRY(field[list].expectList());
  for (size_t index = 0; index < field[list].json().size(); ++index)
    TERN_TRY(eachOf(field[list][index], list, read, depth + 1));
  return success();
}

// ---- normalizer

static Result<NormalizerStep> readReplace(const JsonField &field) {
  if (!field["pattern"]["Regex"].isNull())
    return error(field["pattern"].where(), " is a regular expression; only replacements of a fixed \"String\" are supported");
  TERN_ASSIGN(std::string what, field["pattern"]["String"].text());
  TERN_ASSIGN(std::string by, field["content"].text());
  if (what.empty())
    return error(field["pattern"].where(), " is an empty text");
  return NormalizerStep{NormalizerStep::Kind::Replace, std::move(what), std::move(by)};
}

static Result<NormalizerStep> readStep(const JsonField &field, const std::string &type) {
  using Kind = NormalizerStep::Kind;
  constexpr std::pair<std::string_view, Kind> forms[] = {
      {"NFC", Kind::Nfc}, {"NFD", Kind::Nfd}, {"NFKC", Kind::Nfkc}, {"NFKD", Kind::Nfkd},
      {"Lowercase", Kind::Lowercase}, {"StripAccents", Kind::StripAccents}};
  for (const auto &[name, kind] : forms)
    if (type == name)
      return NormalizerStep{kind, {}};
  if (type == "Replace")
    return readReplace(field);
  if (type != "Prepend")
    return unsupported(field, type, "BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Prepend, Replace, StripAccents and Sequence");
  TERN_ASSIGN(std::string text, field["prepend"].text());
  return NormalizerStep{Kind::Prepend, std::move(text)};
}

// Accents go with the capitals, where the file does not say.
static Status readBert(const JsonField &field, std::vector<NormalizerStep> &steps) {
  using Kind = NormalizerStep::Kind;
  TERN_ASSIGN(bool cleans, field["clean_text"].flag(true));
  TERN_ASSIGN(bool spaces, field["handle_chinese_chars"].flag(true));
  TERN_ASSIGN(bool lowers, field["lowercase"].flag(true));
  TERN_ASSIGN(bool strips, field["strip_accents"].flag(lowers));
  const std::pair<bool, Kind> parts[] = {{cleans, Kind::Clean}, {spaces, Kind::SpaceIdeographs}, {strips, Kind::Nfd},
                                         {strips, Kind::StripAccents}, {lowers, Kind::Lowercase}};
  for (const auto &[isOn, kind] : parts)
    if (isOn)
      steps.push_back({kind});
  return success();
}

Status readNormalizer(const JsonField &field, std::vector<NormalizerStep> &steps) {
  return eachOf(field, "normalizers", [&](const JsonField &item, const std::string &type) -> Status {
    if (type == "BertNormalizer")
      return readBert(item, steps);
    TERN_ASSIGN(NormalizerStep step, readStep(item, type));
    steps.push_back(std::move(step));
    return success();
  });
}

// ---- pre_tokenizer

static constexpr size_t mostStages = 32; // splitting recurses from stage to stage

static Status addStage(const JsonField &field, std::string_view expression, bool dropsGaps, PreTokenizer &result) {
  if (result.splitter.size() == mostStages)
    return error(field.where(), " is one stage too many; ", mostStages, " are possible");
  Result<SplitStage> stage = SplitStage::compile(expression, dropsGaps);
  if (!stage.ok())
    return error(field.where(), " is ", stage.message());
  result.splitter.add(stage.take());
  return success();
}

static std::string escaped(const std::string &text) {
  std::string result;
  for (char letter : text) {
    bool isPlain = (static_cast<unsigned char>(letter) >= 128) || std::isalnum(static_cast<unsigned char>(letter));
    result += isPlain ? std::string(1, letter) : std::string("\\") + letter;
  }
  return result;
}

static Status readSplit(const JsonField &field, PreTokenizer &result) {
  TERN_ASSIGN(std::string behavior, field["behavior"].text());
  TERN_ASSIGN(bool isInverted, field["invert"].flag(false));
  // An inverted pattern matches the words, one that is not matches what separates them.
  bool isolates = behavior == "Isolated", keepsWords = behavior == "Removed" && isInverted;
  if (!isolates && !keepsWords)
    return error(field["behavior"].where(), " is ", jsonString(behavior), isInverted ? ", inverted" : "",
                 "; supported are \"Isolated\", and \"Removed\" with \"invert\": true");
  JsonField pattern = field["pattern"];
  if (!pattern["String"].isNull()) {
    TERN_ASSIGN(std::string text, pattern["String"].text());
    return addStage(pattern["String"], escaped(text), keepsWords, result);
  }
  TERN_ASSIGN(std::string expression, pattern["Regex"].text());
  return addStage(pattern["Regex"], expression, keepsWords, result);
}

static Status readByteLevel(const JsonField &field, PreTokenizer &result, bool isFirst) {
  TERN_ASSIGN(bool addsSpace, field["add_prefix_space"].flag(true));
  TERN_ASSIGN(bool splits, field["use_regex"].flag(true));
  if (result.isByteLevel)
    return error(field.where(), " is ByteLevel for the second time");
  if (addsSpace && !isFirst)
    return error(field["add_prefix_space"].where(), " is true behind another stage; supported is that at the front only");
  result.isByteLevel = true;
  result.addsSpace = addsSpace;
  return splits ? addStage(field, gpt2Words, false, result) : success();
}

Status readPreTokenizer(const JsonField &field, PreTokenizer &result) {
  bool isFirst = true;
  return eachOf(field, "pretokenizers", [&](const JsonField &item, const std::string &type) -> Status {
    bool wasFirst = std::exchange(isFirst, false);
    if (type == "ByteLevel")
      return readByteLevel(item, result, wasFirst);
    if (result.isByteLevel)
      return error(item.where(), " is behind ByteLevel, where there is no text any more");
    if (type == "Split")
      return readSplit(item, result);
    if (type == "Whitespace") // \w and what is neither \w nor \s, as the published libraries define \w
      return addStage(item, R"([\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200c}\x{200d}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200c}\x{200d}\s]+)",
                      true, result);
    if (type == "WhitespaceSplit")
      return addStage(item, "\\S+", true, result);
    if (type == "BertPreTokenizer") {
      TERN_TRY(addStage(item, "\\S+", true, result));
      return addStage(item, R"([\p{P}$+<=>^`|~])", false, result);
    }
    if (type != "Digits")
      return unsupported(item, type, "BertPreTokenizer, ByteLevel, Digits, Split, Whitespace, WhitespaceSplit and Sequence");
    TERN_ASSIGN(bool isSingle, item["individual_digits"].flag(false));
    return addStage(item, isSingle ? "\\p{N}" : "\\p{N}+", false, result);
  });
}

} // namespace tern::rt
