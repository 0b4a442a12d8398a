// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Labels and named inputs choose first, features take the rest.

#include "runtime/data/Columns.h"

#include <algorithm>
#include <numeric>

namespace tern::rt {

namespace {

class Binder {
public:
  Binder(const tern_entry &entry, const CsvTable &table, const std::string &path)
      : entry(entry), table(table), path(path), isTaken(table.columns) {}

  Result<std::vector<ColumnBinding>> bind() {
    TERN_TRY(takeLabels());
    for (const tern_tensor &tensor : inputs(entry))
      if (std::string_view role = tensor.name; tensor.rank > 0 && role != "labels" && role != "features")
        TERN_TRY(take(tensor, headed({role})));
    if (const tern_tensor *features = findInput(entry, "features"))
      TERN_TRY(take(*features, remaining()));
    return std::move(bindings);
  }

private:
  static int64_t width(const tern_tensor &tensor) {
    int64_t product = 1;
    for (int64_t extent : shapeOf(tensor).subspan(1))
      product *= extent;
    return product;
  }

  std::vector<int64_t> headed(std::initializer_list<std::string_view> names) const {
    std::vector<int64_t> found;
    for (size_t column = 0; column < table.header.size(); ++column)
      if (std::ranges::find(names, table.header[column]) != names.end())
        found.push_back(static_cast<int64_t>(column));
    return found;
  }

  std::vector<int64_t> remaining() const {
    std::vector<int64_t> columns;
    for (int64_t column = 0; column < table.columns; ++column)
      if (!isTaken[column])
        columns.push_back(column);
    return columns;
  }

  std::vector<int64_t> lastColumns(int64_t count) const {
    std::vector<int64_t> columns(std::min(count, table.columns));
    std::iota(columns.begin(), columns.end(), table.columns - static_cast<int64_t>(columns.size()));
    return columns;
  }

  // Columns headed as labels are never features, even where the entry has no labels.
  Status takeLabels() {
    const tern_tensor *labels = findInput(entry, "labels");
    std::vector<int64_t> columns = headed({"label", "labels", "target", "y"});
    for (int64_t column : columns)
      isTaken[column] = true;
    if (!labels || labels->rank == 0)
      return success();
    return take(*labels, columns.empty() ? lastColumns(width(*labels)) : columns);
  }

  Status take(const tern_tensor &tensor, const std::vector<int64_t> &columns) {
    if (static_cast<int64_t>(columns.size()) != width(tensor))
      return error("'", path, "' has ", columns.size(), " columns for input '", tensor.name, "', but its shape ",
                   shapeText(shapeOf(tensor)), " needs ", width(tensor), " in each row (", table.columns,
                   " columns in all)");
    for (int64_t column : columns)
      isTaken[column] = true;
    bindings.push_back({tensor.name, tensor.shape[0], columns});
    return success();
  }

  const tern_entry &entry;
  const CsvTable &table;
  const std::string &path;
  std::vector<bool> isTaken;
  std::vector<ColumnBinding> bindings;
};

} // namespace

Result<std::vector<ColumnBinding>> bindColumns(const tern_entry &entry, const CsvTable &table,
                                               const std::string &path) {
  TERN_ASSIGN(auto bindings, Binder(entry, table, path).bind());
  for (const ColumnBinding &binding : bindings)
    if (binding.batch != bindings[0].batch || binding.batch < 1)
      return error("entry '", entry.name, "' has inputs of different batch sizes ('", bindings[0].role, "' ",
                   bindings[0].batch, ", '", binding.role, "' ", binding.batch, ")");
  return bindings;
}

} // namespace tern::rt
