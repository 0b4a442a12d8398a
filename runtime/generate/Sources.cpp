// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An empty source is one token of padding: attention over nothing has no value.

#include "runtime/generate/Sources.h"

#include <algorithm>

namespace tern::rt {

void Sources::set(int64_t slot, std::span<const int32_t> source, int32_t padding) {
  rows[static_cast<size_t>(slot)] = {{source.begin(), source.end()}, padding};
}

/// The rows that an input (B, ...) has: all, or that of `slot`.
template <typename Row>
static std::span<const Row> rowsFor(const tern_tensor &input, const std::vector<Row> &rows, int64_t slot) {
  return input.shape[0] == static_cast<int64_t>(rows.size()) ? std::span(rows) : std::span(rows).subspan(static_cast<size_t>(slot), 1);
}

Status Sources::write(Session &session, const tern_entry &entry, int64_t slot) const {
  if (const tern_tensor *tensor = findInput(entry, "source")) {
    TERN_ASSIGN(std::span<int32_t> input, session.input<int32_t>(entry, "source"));
    auto width = static_cast<size_t>(tensor->shape[1]);
    for (const Row &row : rowsFor(*tensor, rows, slot)) {
      if (row.ids.size() > width)
        return error("the source has ", row.ids.size(), " tokens, the program takes ", width,
                     "; compile it with a larger --define source=N");
      std::fill(std::ranges::copy(row.ids, input.begin()).out, input.begin() + static_cast<ptrdiff_t>(width), row.padding);
      input = input.subspan(width);
    }
  }
  if (const tern_tensor *tensor = findInput(entry, "source_lengths")) {
    TERN_ASSIGN(std::span<int32_t> lengths, session.input<int32_t>(entry, "source_lengths"));
    std::ranges::transform(rowsFor(*tensor, rows, slot), lengths.begin(),
                           [](const Row &row) { return std::max(static_cast<int32_t>(row.ids.size()), 1); });
  }
  return success();
}

} // namespace tern::rt
