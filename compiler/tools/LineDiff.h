// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which line of one print of a function is which line of the print before it.

#ifndef TERN_COMPILER_TOOLS_LINEDIFF_H
#define TERN_COMPILER_TOOLS_LINEDIFF_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace tern {

/// What two lines are compared by: their text without the names of values, and the op that begins there. The op is an
/// address that may have been freed: never followed.
struct LineKey {
  uint64_t shape;
  const void *op;
};

/// For every line of `now` the line of `before` that it continues, or -1. Increasing; only equal shapes are matched.
///
/// Ops that both prints have are anchors, as many as stand in the same order; then runs of lines that occur once on
/// both sides; then, between anchors, the longest common subsequence where that is cheap.
std::vector<int> matchLines(llvm::ArrayRef<LineKey> before, llvm::ArrayRef<LineKey> now);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_LINEDIFF_H
