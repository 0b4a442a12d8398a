// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pairs of texts, one a line, separated by a tab; further columns are left alone. For sequence to sequence the second
// text is what the first one becomes; for embeddings both mean the same.

#include "runtime/data/Corpus.h"
#include "runtime/data/Kinds.h"

#include <algorithm>

namespace tern::rt {

namespace {

struct Pair {
  std::vector<int32_t> first, second;
};

struct Lengths {
  int64_t first, second;
};

// Cuts what is longer than its input, and counts that.
void fit(std::vector<int32_t> &ids, int64_t length, int64_t &cut) {
  cut += static_cast<int64_t>(ids.size()) > length;
  ids.resize(std::min(ids.size(), static_cast<size_t>(length)));
}

std::string summarize(const DataOptions &options, const Divided<Pair> &pairs) {
  return filesText(options) + ": " + std::to_string(pairs.size(Split::Train)) + " training pairs, " +
         std::to_string(pairs.size(Split::Validation)) + " for validation";
}

class PairSet : public ExampleSet {
public:
  PairSet(Divided<Pair> pairs, std::string summary, int64_t cut)
      : ExampleSet(std::move(summary), cutText(cut)), pairs(std::move(pairs)) {}

  int64_t size(Split split) const override { return pairs.size(split); }

protected:
  static std::vector<int32_t> lengthOf(const std::vector<int32_t> &ids) {
    return {std::max<int32_t>(static_cast<int32_t>(ids.size()), 1)};
  }

  Divided<Pair> pairs;
};

// The decoder reads begin and the text, and is to say the text and end.
class TranslationSet : public PairSet {
public:
  TranslationSet(Divided<Pair> pairs, std::string summary, int64_t cut, int32_t begin)
      : PairSet(std::move(pairs), std::move(summary), cut), begin(begin) {}

  std::vector<std::string_view> roles() const override {
    return {"source", "source_lengths", "tokens", "lengths", "targets"};
  }

  Example at(Split split, int64_t index, uint64_t) const override {
    const Pair &pair = pairs.at(split, index); // `second` ends with the end token, if it was not cut
    std::vector<int32_t> tokens{begin};
    tokens.insert(tokens.end(), pair.second.begin(), pair.second.end() - 1);
    return {{{"source", pair.first},
             {"source_lengths", lengthOf(pair.first)},
             {"lengths", lengthOf(tokens)},
             {"tokens", std::move(tokens)},
             {"targets", pair.second}}};
  }

private:
  int32_t begin;
};

class SimilarSet : public PairSet {
public:
  using PairSet::PairSet;

  std::vector<std::string_view> roles() const override {
    return {"tokens", "lengths", "positive_tokens", "positive_lengths", "labels"}; // labels: of the source
  }

  Example at(Split split, int64_t index, uint64_t) const override {
    const Pair &pair = pairs.at(split, index);
    return {{{"tokens", pair.first},
             {"lengths", lengthOf(pair.first)},
             {"positive_tokens", pair.second},
             {"positive_lengths", lengthOf(pair.second)}}};
  }
};

} // namespace

// Texts of a file as ids; `end` is appended to the second one when it is a token.
static Result<Divided<Pair>> readPairs(const DataOptions &options, const Encoder &encoder, Lengths lengths,
                                       std::optional<int32_t> end, int64_t &cut) {
  auto parse = [&](std::string_view text, const std::string *path, std::vector<Pair> &pairs) -> Status {
    return forEachLine(text, path, [&](std::string_view row, const Place &place) -> Status {
      if (row.empty())
        return success();
      std::vector<std::string_view> columns = splitTabs(row);
      if (columns.size() < 2)
        return error(placeText(place), " has no tab: expected two texts with a tab between them");
      Pair pair;
      TERN_ASSIGN(pair.first, encoder.encode(columns[0], place));
      TERN_ASSIGN(pair.second, encoder.encode(columns[1], place));
      if (end)
        pair.second.push_back(*end);
      fit(pair.first, lengths.first, cut);
      fit(pair.second, lengths.second, cut);
      pairs.push_back(std::move(pair));
      return success();
    });
  };
  return readDivided<Pair>(options, "this program reads pairs: give --data FILE.tsv, two texts a line with a tab between them", parse);
}

Result<std::unique_ptr<BatchSource>> openTranslations(const DataOptions &options, const Program &program,
                                                      const tern_entry &entry, const Tokenizer &tokenizer) {
  Encoder encoder(tokenizer, program);
  TERN_ASSIGN(int32_t begin, encoder.special(SpecialToken::Begin));
  TERN_ASSIGN(int32_t end, encoder.special(SpecialToken::End));
  TERN_ASSIGN(TokenShape target, tokenShape(entry));
  TERN_ASSIGN(int64_t sourceLength, lengthOf(entry, "source"));
  int64_t cut = 0;
  TERN_ASSIGN(Divided<Pair> pairs, readPairs(options, encoder, {sourceLength, target.seq}, end, cut));
  std::string summary = summarize(options, pairs);
  return makeExampleSource(std::make_unique<TranslationSet>(std::move(pairs), std::move(summary), cut, begin), entry,
                           encoder.padding());
}

Result<std::unique_ptr<BatchSource>> openSimilar(const DataOptions &options, const Program &program, const tern_entry &entry,
                                                 const Tokenizer &tokenizer) {
  Encoder encoder(tokenizer, program);
  Lengths lengths{};
  TERN_ASSIGN(lengths.first, lengthOf(entry, "tokens"));
  TERN_ASSIGN(lengths.second, lengthOf(entry, "positive_tokens"));
  int64_t cut = 0;
  TERN_ASSIGN(Divided<Pair> pairs, readPairs(options, encoder, lengths, std::nullopt, cut));
  std::string summary = summarize(options, pairs);
  return makeExampleSource(std::make_unique<SimilarSet>(std::move(pairs), std::move(summary), cut), entry,
                           encoder.padding());
}

} // namespace tern::rt
