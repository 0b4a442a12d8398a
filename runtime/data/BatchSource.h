// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where batches come from. A source writes the data inputs of an entry (tokens and targets, or features and labels) and
// nothing else. It has no position: a random batch is a pure function of (seed, step, micro-batch), so a resumed run
// sees the same data.

#ifndef TERN_RUNTIME_DATA_BATCHSOURCE_H
#define TERN_RUNTIME_DATA_BATCHSOURCE_H

#include "runtime/core/Session.h"
#include "runtime/text/Tokenizer.h"

#include <memory>
#include <string>
#include <vector>

namespace tern::rt {

struct BatchKey {
  uint64_t seed;
  uint64_t step;
  uint64_t microbatch;
};

enum class Split { Train, Validation };

class BatchSource {
public:
  virtual ~BatchSource() = default;

  virtual std::string description() const = 0; // "2 files, 1 115 394 tokens, 10 % for validation"
  // What happened to the data that a reader of figures should know: "3 texts cut to the length of their input"; may be
  // empty.
  virtual std::string remarks() const { return ""; }
  // Tokens (or rows) in one full batch, for throughput.
  virtual int64_t itemsPerBatch() const = 0;
  // Writes a batch of the training split, drawn at random, into the inputs of `entry`.
  virtual Status fillRandom(const BatchKey &key, Session &session, const tern_entry &entry) = 0;
  // The split in order, every item once. 0 when the split is empty.
  virtual int64_t orderedBatches(Split split) const = 0;
  // Writes batch `index` of the split; returns how many items (targets, rows) its mean loss counts: the weight of this
  // batch in the mean over the split. Places beyond the end are masked out.
  virtual Result<int64_t> fillOrdered(Split split, int64_t index, Session &session, const tern_entry &entry) = 0;
  // The names of the classes, in the order of their numbers; empty where labels have no names.
  virtual std::vector<std::string> classes() const { return {}; }
};

struct DataOptions {
  // Text or CSV files. None: the embedded default text. The single word "random": ids drawn uniformly from the
  // vocabulary.
  std::vector<std::string> files;
  std::string validationFile;      // empty: the last `validationFraction` of the files
  double validationFraction = 0.1; // 0: everything is training data (eval, grad)
  bool pack = false;               // several examples in a row, where they are dialogues
  // Names of the classes that the weights know, in the order of their numbers; empty: the labels of the data. Another
  // label is an error, or, of weights that are trained further, a reason to number the labels of the data anew.
  std::vector<std::string> classes = {};
  bool mayRenumber = false;
};

// The characters of the data, for a tokenizer that is built from them: the files one after the other, or the default
// text.
Result<std::string> readCorpus(const DataOptions &options);

// Chooses by the roles of `entry` (tokens: text; features: CSV) and checks that the data fits its shapes. `tokenizer`
// may be null for CSV and "random", and must outlive nothing: texts are tokenised here, once.
Result<std::unique_ptr<BatchSource>> openData(const DataOptions &options, const Program &program,
                                              const tern_entry &entry, const Tokenizer *tokenizer);

// The targets value that every loss ignores.
constexpr int32_t ignoredTarget = -100;

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_BATCHSOURCE_H
