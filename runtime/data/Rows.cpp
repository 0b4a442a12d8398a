// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CSV rows as batches. Training draws rows with replacement, unless the batch holds the whole split. In order, a last
// batch that is not full is replaced by one batch per remaining row, filled with that row alone: its mean is exact
// without a mask.

#include "runtime/core/Files.h"
#include "runtime/core/Random.h"
#include "runtime/data/Columns.h"
#include "runtime/data/Kinds.h"

#include <cmath>
#include <cstring>

namespace tern::rt {

namespace {

template <typename T>
void store(uint8_t *target, int64_t index, double value) {
  T typed = static_cast<T>(value);
  std::memcpy(target + index * sizeof(T), &typed, sizeof(T));
}

// False where an integer input meets a fraction or a value out of range.
bool storeValue(uint8_t *target, uint32_t dtype, int64_t index, double value) {
  if (dtype == TERN_F32)
    store<float>(target, index, value);
  else if (dtype == TERN_F64)
    store<double>(target, index, value);
  else if (value != std::floor(value) || std::abs(value) > INT32_MAX)
    return false;
  else if (dtype == TERN_I32)
    store<int32_t>(target, index, value);
  else
    store<int64_t>(target, index, value);
  return true;
}

class RowSource : public BatchSource {
public:
  RowSource(CsvTable train, CsvTable validation, int64_t trainRows, std::vector<ColumnBinding> bindings,
            std::string summary)
      : first(std::move(train)), second(std::move(validation)), trainRows(trainRows), bindings(std::move(bindings)),
        summary(std::move(summary)) {}

  std::string description() const override { return summary; }
  int64_t itemsPerBatch() const override { return bindings[0].batch; }

  Status fillRandom(const BatchKey &key, Session &session, const tern_entry &entry) override {
    uint64_t random = randomKey({key.seed, key.step, key.microbatch});
    bool isWhole = trainRows == itemsPerBatch();
    return fill(first, session, entry, [&](int64_t place) {
      return isWhole ? place : static_cast<int64_t>(randomBelow(random, place, trainRows));
    });
  }

  int64_t orderedBatches(Split split) const override {
    int64_t rows = range(split).rows;
    return rows / itemsPerBatch() + rows % itemsPerBatch();
  }

  Result<int64_t> fillOrdered(Split split, int64_t index, Session &session, const tern_entry &entry) override {
    Range part = range(split);
    int64_t batch = itemsPerBatch(), full = part.rows / batch;
    bool isFull = index < full;
    int64_t row = part.begin + (isFull ? index * batch : full * batch + (index - full));
    TERN_TRY(fill(*part.table, session, entry, [&](int64_t place) { return isFull ? row + place : row; }));
    return isFull ? batch : 1;
  }

private:
  struct Range {
    const CsvTable *table;
    int64_t begin, rows;
  };

  Range range(Split split) const {
    if (split == Split::Train)
      return {&first, 0, trainRows};
    return second.rows() ? Range{&second, 0, second.rows()} : Range{&first, trainRows, first.rows() - trainRows};
  }

  template <typename RowOf>
  Status fill(const CsvTable &table, Session &session, const tern_entry &entry, RowOf rowOf) const {
    for (const ColumnBinding &binding : bindings)
      if (const tern_tensor *tensor = findInput(entry, binding.role))
        TERN_TRY(fillInput(table, binding, *tensor, session, rowOf));
    return success();
  }

  template <typename RowOf>
  Status fillInput(const CsvTable &table, const ColumnBinding &binding, const tern_tensor &tensor, Session &session,
                   RowOf rowOf) const {
    int64_t width = static_cast<int64_t>(binding.columns.size());
    if (tensor.bytes != elementBytes(tensor.dtype) * binding.batch * width)
      return error("input '", binding.role, "' has shape ", shapeText(shapeOf(tensor)), ", which does not hold ",
                   binding.batch, " rows of ", width, " columns");
    uint8_t *target = session.bytes(tensor).data();
    for (int64_t place = 0; place < binding.batch; ++place)
      for (int64_t item = 0; item < width; ++item) {
        int64_t row = rowOf(place), column = binding.columns[item];
        double value = table.values[row * table.columns + column];
        if (!storeValue(target, tensor.dtype, place * width + item, value))
          return error("row ", row + 1, ", column ", column + 1, " of the data is ", value, ", but input '",
                       binding.role, "' takes whole numbers (", dtypeName(tensor.dtype), ")");
      }
    return success();
  }

  CsvTable first, second;
  int64_t trainRows; // the training rows are the first ones of `first`
  std::vector<ColumnBinding> bindings;
  std::string summary;
};

Result<CsvTable> readTable(const std::string &path) {
  TERN_ASSIGN(MappedFile file, MappedFile::open(path));
  return parseCsv(file.text(), path);
}

Status append(CsvTable &table, CsvTable more, const std::string &path) {
  if (more.columns != table.columns || more.header != table.header)
    return error("'", path, "' has other columns (", more.columns, ") than the first CSV file (", table.columns, ")");
  table.values.insert(table.values.end(), more.values.begin(), more.values.end());
  return success();
}

Status checkTypes(const tern_entry &entry, const std::vector<ColumnBinding> &bindings) {
  for (const ColumnBinding &binding : bindings) {
    uint32_t dtype = findInput(entry, binding.role)->dtype;
    if (dtype != TERN_F32 && dtype != TERN_F64 && dtype != TERN_I32 && dtype != TERN_I64)
      return error("input '", binding.role, "' has type ", dtypeName(dtype), ", which cannot be read from CSV");
  }
  return success();
}

} // namespace

Result<std::unique_ptr<BatchSource>> openCsv(const DataOptions &options, const tern_entry &entry) {
  if (options.files.empty())
    return error("this program reads features: give --data FILE.csv");
  TERN_ASSIGN(CsvTable train, readTable(options.files[0]));
  for (size_t index = 1; index < options.files.size(); ++index) {
    TERN_ASSIGN(CsvTable more, readTable(options.files[index]));
    TERN_TRY(append(train, std::move(more), options.files[index]));
  }
  CsvTable validation;
  if (!options.validationFile.empty()) {
    TERN_ASSIGN(validation, readTable(options.validationFile));
    if (validation.columns != train.columns || validation.header != train.header)
      return error("'", options.validationFile, "' has other columns (", validation.columns,
                   ") than the training data (", train.columns, ")");
  }
  TERN_ASSIGN(auto bindings, bindColumns(entry, train, options.files[0]));
  TERN_TRY(checkTypes(entry, bindings));
  double held = options.validationFile.empty() ? options.validationFraction : 0;
  int64_t trainRows = train.rows() - static_cast<int64_t>(static_cast<double>(train.rows()) * held);
  int64_t heldRows = validation.rows() ? validation.rows() : train.rows() - trainRows;
  std::string summary = options.files[0] + ": " + std::to_string(trainRows) + " training rows, " +
                        (heldRows ? std::to_string(heldRows) + " for validation" : "none for validation");
  return std::unique_ptr<BatchSource>(std::make_unique<RowSource>(std::move(train), std::move(validation), trainRows,
                                                                  std::move(bindings), std::move(summary)));
}

} // namespace tern::rt
