// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CSV as RFC 4180 describes it, all values numbers: quoted fields, CRLF or LF, an optional header line (a first line
// without any number). Errors name file, line and column.

#ifndef TERN_RUNTIME_DATA_CSV_H
#define TERN_RUNTIME_DATA_CSV_H

#include "runtime/core/Result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tern::rt {

struct CsvTable {
  std::vector<std::string> header; // empty when the file has none
  int64_t columns = 0;
  std::vector<double> values; // row-major
  int64_t rows() const { return columns ? static_cast<int64_t>(values.size()) / columns : 0; }
};

// Every row has the same number of fields, and every field is a finite number. `path` is for messages.
Result<CsvTable> parseCsv(std::string_view text, const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_CSV_H
