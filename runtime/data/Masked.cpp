// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sentences with masked words, as BERT reads them (Devlin et al. 2018): begin, sentence A, end, sentence B, end. A line is
// a sentence, an empty line ends a document. B follows A, or, half of the time when the program wants to know, comes from
// anywhere. Of the tokens 15 % are to be told: of these 80 % are masked, 10 % are other tokens, 10 % stay.

#include "runtime/core/Random.h"
#include "runtime/data/Corpus.h"
#include "runtime/data/Kinds.h"

#include <algorithm>

namespace tern::rt {

namespace {

constexpr int64_t specialPlaces = 3; // begin, end, end
constexpr double toldShare = 0.15, maskedShare = 0.8, randomShare = 0.1;

struct Sentence {
  std::vector<int32_t> ids;
  bool endsDocument = false;
};

// Numbers of one example, drawn one after the other.
class Draws {
public:
  explicit Draws(uint64_t key) : key(key) {}
  double unit() { return randomUnit(key, counter++); }
  int64_t below(int64_t bound) { return static_cast<int64_t>(randomBelow(key, counter++, static_cast<uint64_t>(bound))); }

private:
  uint64_t key, counter = 0;
};

struct Specials {
  int32_t begin, end, mask;
};

class MaskedSet : public ExampleSet {
public:
  MaskedSet(Divided<Sentence> sentences, Specials specials, int64_t textIds, int64_t length, bool tellsNext,
            std::string summary, int64_t cut)
      : ExampleSet(std::move(summary), cutText(cut)), sentences(std::move(sentences)), specials(specials),
        textIds(textIds), length(length), tellsNext(tellsNext) {}

  int64_t size(Split split) const override { return std::max<int64_t>(sentences.size(split) - 1, 0); }
  std::vector<std::string_view> roles() const override {
    return {"tokens", "token_types", "lengths", "targets", "next_sentence"};
  }

  Example at(Split split, int64_t index, uint64_t random) const override {
    Draws draws(random);
    const Sentence &first = sentences.at(split, index);
    bool follows = !first.endsDocument && (!tellsNext || draws.unit() < 0.5);
    int64_t other = follows ? index + 1 : draws.below(sentences.size(split));
    follows |= other == index + 1 && !first.endsDocument;
    std::vector<int32_t> a = first.ids, b = sentences.at(split, other).ids, tokens, types;
    trim(a, b);
    append(tokens, {specials.begin}), append(tokens, a), append(tokens, {specials.end});
    types.assign(tokens.size(), 0);
    append(tokens, b), append(tokens, {specials.end});
    types.resize(tokens.size(), 1);
    std::vector<int32_t> targets(tokens.size(), ignoredTarget);
    mask(tokens, targets, draws);
    auto count = static_cast<int32_t>(tokens.size());
    return {{{"tokens", std::move(tokens)},
             {"token_types", std::move(types)},
             {"lengths", {count}},
             {"targets", std::move(targets)},
             {"next_sentence", {follows ? 0 : 1}}}}; // 0 is "is next", as published checkpoints have it
  }

private:
  static void append(std::vector<int32_t> &ids, const std::vector<int32_t> &more) { ids.insert(ids.end(), more.begin(), more.end()); }

  // The longer one loses its end until both fit with three special tokens.
  void trim(std::vector<int32_t> &a, std::vector<int32_t> &b) const {
    int64_t room = std::max<int64_t>(length - specialPlaces, 0);
    while (static_cast<int64_t>(a.size() + b.size()) > room)
      (a.size() > b.size() ? a : b).pop_back();
  }

  bool isSpecial(int32_t id) const { return id == specials.begin || id == specials.end; }

  void mask(std::vector<int32_t> &tokens, std::vector<int32_t> &targets, Draws &draws) const {
    int64_t told = 0;
    for (size_t place = 0; place < tokens.size(); ++place)
      if (!isSpecial(tokens[place]) && draws.unit() < toldShare)
        tell(tokens, targets, place, draws), ++told;
    if (told == 0 && tokens.size() > 3) // something must be told
      tell(tokens, targets, isSpecial(tokens[1]) ? 2 : 1, draws);
  }

  void tell(std::vector<int32_t> &tokens, std::vector<int32_t> &targets, size_t place, Draws &draws) const {
    targets[place] = tokens[place];
    double share = draws.unit();
    if (share < maskedShare)
      tokens[place] = specials.mask;
    else if (share < maskedShare + randomShare)
      tokens[place] = static_cast<int32_t>(draws.below(textIds));
  }

  Divided<Sentence> sentences;
  Specials specials;
  int64_t textIds, length;
  bool tellsNext;
};

} // namespace

static Result<Divided<Sentence>> readSentences(const DataOptions &options, const Encoder &encoder, int64_t length,
                                               int64_t &cut) {
  auto parse = [&](std::string_view text, const std::string *path, std::vector<Sentence> &sentences) -> Status {
    TERN_TRY(forEachLine(text, path, [&](std::string_view row, const Place &place) -> Status {
      if (row.find_first_not_of(" \t") == std::string_view::npos) {
        if (!sentences.empty())
          sentences.back().endsDocument = true;
        return success();
      }
      Sentence sentence;
      TERN_ASSIGN(sentence.ids, encoder.encode(row, place));
      cut += static_cast<int64_t>(sentence.ids.size()) > length - specialPlaces;
      sentences.push_back(std::move(sentence));
      return success();
    }));
    if (!sentences.empty())
      sentences.back().endsDocument = true;
    return success();
  };
  return readDivided<Sentence>(options, nullptr, parse);
}

Result<std::unique_ptr<BatchSource>> openMasked(const DataOptions &options, const Program &program, const tern_entry &entry,
                                                const Tokenizer &tokenizer) {
  Encoder encoder(tokenizer, program);
  Specials specials{};
  TERN_ASSIGN(specials.begin, encoder.special(SpecialToken::Begin));
  TERN_ASSIGN(specials.end, encoder.special(SpecialToken::End));
  TERN_ASSIGN(specials.mask, encoder.special(SpecialToken::Mask));
  TERN_ASSIGN(TokenShape shape, tokenShape(entry));
  int64_t length = shape.seq;
  if (length < 8)
    return error("masked sentences need room for two of them: compile the model with --seq=8 or more, not ", length);
  int64_t cut = 0;
  TERN_ASSIGN(Divided<Sentence> sentences, readSentences(options, encoder, length, cut));
  std::string summary = filesText(options) + ": " + std::to_string(sentences.size(Split::Train)) + " training sentences, " +
                        std::to_string(sentences.size(Split::Validation)) + " for validation";
  bool tellsNext = findInput(entry, "next_sentence") != nullptr;
  return makeExampleSource(std::make_unique<MaskedSet>(std::move(sentences), specials, encoder.textIds(), length,
                                                       tellsNext, std::move(summary), cut),
                           entry, encoder.padding());
}

} // namespace tern::rt
