// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which columns of a CSV file feed which input of a program.

#ifndef TERN_RUNTIME_DATA_COLUMNS_H
#define TERN_RUNTIME_DATA_COLUMNS_H

#include "runtime/core/Program.h"
#include "runtime/data/Csv.h"

#include <vector>

namespace tern::rt {

// An input of shape (batch, ...) and the columns that fill one of its rows, in order.
struct ColumnBinding {
  std::string role;
  int64_t batch;
  std::vector<int64_t> columns;
};

// "labels" takes the columns headed label, labels, target or y, else the last ones; any other input than "features"
// takes the column headed by its role; "features" takes all that remain. Widths that differ are an error with both
// figures.
Result<std::vector<ColumnBinding>> bindColumns(const tern_entry &entry, const CsvTable &table, const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_COLUMNS_H
