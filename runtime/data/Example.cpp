// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Examples as batches. Rows beyond the end of a split are padding whose targets and labels are ignored. A loss that can
// ignore nothing (a mean of squares) gets full batches: a remaining row fills a batch by itself. Pairs that are compared
// with each other are labelled with their own row; those that are not there have no label, and the others do not see them.

#include "runtime/data/Example.h"

#include "runtime/core/Random.h"

#include <algorithm>
#include <cstring>

namespace tern::rt {

const std::vector<int32_t> *Example::find(std::string_view role) const {
  auto found = std::ranges::find(fields, role, &Field::role);
  return found == fields.end() ? nullptr : &found->ids;
}

namespace {

bool isReal(const tern_tensor &tensor) { return tensor.dtype == TERN_F32 || tensor.dtype == TERN_F64; }

bool isIgnorable(std::string_view role) { return role == "targets" || role == "labels" || role == "next_sentence"; }

class ExampleSource : public BatchSource {
public:
  ExampleSource(std::unique_ptr<ExampleSet> set, const tern_entry &entry, int32_t padding)
      : set(std::move(set)), padding(padding) {
    for (const tern_tensor &tensor : inputs(entry)) {
      if (tensor.rank > 0 && !isRuntimeRole(tensor.name))
        batch = tensor.shape[0];
      if (std::string_view(tensor.name) == "tokens" && tensor.rank == 2)
        length = tensor.shape[1];
      repeats |= std::string_view(tensor.name) == "labels" && isReal(tensor);
      compares |= std::string_view(tensor.name).starts_with("positive_");
      hasTargets |= std::string_view(tensor.name) == "targets";
    }
  }

  std::string description() const override {
    return set->description() + (set->remarks().empty() ? "" : ", ") + set->remarks();
  }
  std::string remarks() const override { return set->remarks(); }
  std::vector<std::string> classes() const override { return set->classes(); }
  int64_t itemsPerBatch() const override { return batch * length; }

  Status fillRandom(const BatchKey &key, Session &session, const tern_entry &entry) override {
    uint64_t random = randomKey({key.seed, key.step, key.microbatch});
    auto count = static_cast<uint64_t>(set->size(Split::Train));
    for (int64_t row = 0; row < batch; ++row) {
      auto index = static_cast<int64_t>(randomBelow(random, row, count));
      Example example = set->at(Split::Train, index, randomBits(~random, row));
      TERN_TRY(writeRow(session, entry, row, &example));
    }
    return success();
  }

  int64_t orderedBatches(Split split) const override {
    int64_t rows = set->size(split), full = rows / batch, rest = rows % batch;
    return full + (repeats ? rest : rest > 0);
  }

  Result<int64_t> fillOrdered(Split split, int64_t index, Session &session, const tern_entry &entry) override {
    int64_t rows = set->size(split), full = rows / batch, counted = 0;
    bool isSingle = repeats && index >= full; // one row fills the batch
    int64_t first = isSingle ? full * batch + (index - full) : index * batch;
    for (int64_t row = 0; row < batch; ++row) {
      int64_t number = isSingle ? first : first + row;
      if (number >= rows) {
        TERN_TRY(writeRow(session, entry, row, nullptr));
        continue;
      }
      Example example = set->at(split, number, randomKey({static_cast<uint64_t>(number)}));
      TERN_TRY(writeRow(session, entry, row, &example));
      counted += itemsOf(example);
    }
    return isSingle ? 1 : counted;
  }

private:
  // What a mean over the batch counts: targets, or rows.
  int64_t itemsOf(const Example &example) const {
    const std::vector<int32_t> *targets = hasTargets ? example.find("targets") : nullptr;
    return targets ? std::ranges::count_if(*targets, [](int32_t id) { return id != ignoredTarget; }) : 1;
  }

  // Null: a row that does not count.
  Status writeRow(Session &session, const tern_entry &entry, int64_t row, const Example *example) const {
    for (const tern_tensor &tensor : inputs(entry)) {
      if (isRuntimeRole(tensor.name) || tensor.rank == 0)
        continue;
      if (tensor.shape[0] != batch)
        return error("'", tensor.name, "' of entry '", entry.name, "' has ", tensor.shape[0], " rows, but the data was opened for ", batch);
      if (isReal(tensor))
        writeNumber(session.bytes(tensor), tensor, row, example ? example->number : 0);
      else if (compares && tensor.name == std::string_view("labels"))
        writeOwnRow(session.bytes(tensor), row, example != nullptr);
      else
        writeIds(session.bytes(tensor), tensor, row, example ? example->find(tensor.name) : nullptr);
    }
    return success();
  }

  void writeNumber(std::span<uint8_t> bytes, const tern_tensor &tensor, int64_t row, double number) const {
    float narrow = static_cast<float>(number);
    if (tensor.dtype == TERN_F64)
      std::memcpy(bytes.data() + row * sizeof(double), &number, sizeof(number));
    else
      std::memcpy(bytes.data() + row * sizeof(float), &narrow, sizeof(narrow));
  }

  static void writeOwnRow(std::span<uint8_t> bytes, int64_t row, bool isThere) {
    int32_t label = isThere ? static_cast<int32_t>(row) : ignoredTarget;
    std::memcpy(bytes.data() + static_cast<size_t>(row) * sizeof(label), &label, sizeof(label));
  }

  int32_t paddingOf(std::string_view role) const {
    if (role.ends_with("lengths"))
      return 1; // a mean over nothing is no number
    return isIgnorable(role) ? ignoredTarget : role.ends_with("token_types") ? 0 : padding;
  }

  void writeIds(std::span<uint8_t> bytes, const tern_tensor &tensor, int64_t row, const std::vector<int32_t> *ids) const {
    size_t width = bytes.size() / sizeof(int32_t) / static_cast<size_t>(batch);
    std::span<int32_t> line(reinterpret_cast<int32_t *>(bytes.data()) + static_cast<size_t>(row) * width, width);
    std::ranges::fill(line, paddingOf(tensor.name));
    if (ids)
      std::copy_n(ids->begin(), std::min(ids->size(), width), line.begin());
  }

  std::unique_ptr<ExampleSet> set;
  int32_t padding;
  int64_t batch = 1, length = 1;
  bool repeats = false, compares = false, hasTargets = false;
};

} // namespace

Result<std::unique_ptr<BatchSource>> makeExampleSource(std::unique_ptr<ExampleSet> set, const tern_entry &entry,
                                                       int32_t padding) {
  std::vector<std::string_view> filled = set->roles();
  for (const tern_tensor &tensor : inputs(entry)) {
    if (isRuntimeRole(tensor.name))
      continue;
    std::string present;
    for (std::string_view role : filled)
      present += (present.empty() ? "" : ", ") + std::string(role);
    if (std::ranges::find(filled, std::string_view(tensor.name)) == filled.end())
      return error("entry '", entry.name, "' reads '", tensor.name, "', which this data does not have (it has: ", present, ")");
    bool mayBeReal = tensor.name == std::string_view("labels");
    if (tensor.dtype != TERN_I32 && !(mayBeReal && isReal(tensor)))
      return error("'", tensor.name, "' of entry '", entry.name, "' has type ", dtypeName(tensor.dtype), ", expected i32");
  }
  if (set->size(Split::Train) < 1)
    return error(set->description(), set->remarks().empty() ? "" : ", ", set->remarks(), ": nothing to train on");
  return std::unique_ptr<BatchSource>(std::make_unique<ExampleSource>(std::move(set), entry, padding));
}

} // namespace tern::rt
