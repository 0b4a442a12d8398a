// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the sequences of an encoder-decoder are told from: a row of ids per slot, written into the inputs of entries.

#ifndef TERN_RUNTIME_GENERATE_SOURCES_H
#define TERN_RUNTIME_GENERATE_SOURCES_H

#include "runtime/core/Session.h"

#include <span>
#include <vector>

namespace tern::rt {

class Sources {
public:
  explicit Sources(size_t slots) : rows(slots) {}

  /// `padding` fills the rest of the input.
  void set(int64_t slot, std::span<const int32_t> source, int32_t padding);
  void copy(int64_t from, int64_t to) { rows[static_cast<size_t>(to)] = rows[static_cast<size_t>(from)]; }

  /// Writes "source" and "source_lengths" where the entry has them: of all slots, or of `slot` where it works on one. A source
  /// that is longer than the input is an error.
  Status write(Session &session, const tern_entry &entry, int64_t slot) const;

private:
  struct Row {
    std::vector<int32_t> ids;
    int32_t padding = 0;
  };
  std::vector<Row> rows; // by slot
};

} // namespace tern::rt

#endif // TERN_RUNTIME_GENERATE_SOURCES_H
