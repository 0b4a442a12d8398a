// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CSV: what parses is a full rectangle of finite numbers.

#include "runtime/data/Csv.h"

#include "../Targets.h"

#include <algorithm>
#include <cmath>

using namespace tern::rt;

int fuzzCsv(const uint8_t *data, size_t size) {
  Result<CsvTable> table = parseCsv(fuzz::asText(data, size), "input");
  if (!table.ok()) {
    fuzz::require(!table.message().empty(), "a failure has a message");
    return 0;
  }
  fuzz::require(table->rows() > 0, "a table has rows");
  fuzz::require(table->rows() * table->columns == static_cast<int64_t>(table->values.size()), "a table is a rectangle");
  fuzz::require(std::ranges::all_of(table->values, [](double value) { return std::isfinite(value); }),
                "values are finite");
  return 0;
}
