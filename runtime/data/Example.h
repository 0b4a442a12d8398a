// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Data made of examples: sentence pairs, labelled texts, dialogues, masked sentences. A set says what one example is; the
// source made of it draws, orders, pads and masks.

#ifndef TERN_RUNTIME_DATA_EXAMPLE_H
#define TERN_RUNTIME_DATA_EXAMPLE_H

#include "runtime/data/BatchSource.h"

namespace tern::rt {

// What the inputs of an entry get in one row, by role. Ids beyond the end of a field are padding.
struct Example {
  struct Field {
    std::string_view role; // of static storage
    std::vector<int32_t> ids;
  };
  std::vector<Field> fields;
  double number = 0; // the label of a regression

  const std::vector<int32_t> *find(std::string_view role) const;
};

class ExampleSet {
public:
  // "a.tsv: 9 training texts, 1 for validation"; and the remarks of the source.
  explicit ExampleSet(std::string description, std::string remarks = "")
      : ownDescription(std::move(description)), ownRemarks(std::move(remarks)) {}
  virtual ~ExampleSet() = default;

  const std::string &description() const { return ownDescription; }
  const std::string &remarks() const { return ownRemarks; }
  // The roles that every example has.
  virtual std::vector<std::string_view> roles() const = 0;
  virtual int64_t size(Split split) const = 0;
  // See BatchSource.
  virtual std::vector<std::string> classes() const { return {}; }
  // Example `index` of a split. `random` is a key for what is drawn anew each time, such as masks.
  virtual Example at(Split split, int64_t index, uint64_t random) const = 0;

private:
  std::string ownDescription, ownRemarks;
};

// Refuses an entry with a data input that the set does not fill.
Result<std::unique_ptr<BatchSource>> makeExampleSource(std::unique_ptr<ExampleSet> set, const tern_entry &entry, int32_t padding);

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_EXAMPLE_H
