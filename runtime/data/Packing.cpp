// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Best fit. Rows are found by the room they have left, those of equal room by age, so that a file is always packed
// alike.

#include "runtime/data/Packing.h"

#include <map>

namespace tern::rt {

// tokens  a b   +   x y     =  a b END x y
// targets b END     y END      b END -  y END    The first's end is read, but does not learn to say x.
static void join(Dialogue &row, const Dialogue &next) {
  row.tokens.push_back(row.targets.back());
  row.targets.push_back(ignoredTarget);
  row.tokens.insert(row.tokens.end(), next.tokens.begin(), next.tokens.end());
  row.targets.insert(row.targets.end(), next.targets.begin(), next.targets.end());
}

static int64_t lengthOf(const Dialogue &dialogue) { return static_cast<int64_t>(dialogue.tokens.size()); }

static void packSplit(const Divided<Dialogue> &examples, Split split, int64_t length, std::vector<Dialogue> &rows) {
  std::multimap<int64_t, size_t> byRoom;
  for (int64_t index = 0; index < examples.size(split); ++index) {
    const Dialogue &example = examples.at(split, index);
    auto found = byRoom.lower_bound(lengthOf(example) + 1); // one for the end token
    size_t row = found == byRoom.end() ? rows.size() : found->second;
    if (found == byRoom.end()) {
      rows.push_back(example);
    } else {
      byRoom.erase(found);
      join(rows[row], example);
    }
    byRoom.emplace(length - lengthOf(rows[row]), row);
  }
}

Divided<Dialogue> pack(const Divided<Dialogue> &examples, int64_t length) {
  Divided<Dialogue> rows;
  packSplit(examples, Split::Train, length, rows.items);
  rows.trainCount = static_cast<int64_t>(rows.items.size());
  packSplit(examples, Split::Validation, length, rows.items);
  return rows;
}

double fullness(const Divided<Dialogue> &rows, int64_t length) {
  int64_t tokens = 0;
  for (const Dialogue &row : rows.items)
    tokens += lengthOf(row);
  auto places = static_cast<double>(static_cast<int64_t>(rows.items.size()) * length);
  return places > 0 ? static_cast<double>(tokens) / places : 0;
}

} // namespace tern::rt
