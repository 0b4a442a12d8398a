// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Offsets for pieces of memory that live for a while: two of them may share bytes when their lives do not meet.

#ifndef TERN_COMPILER_MEMORY_PLACEMENT_H
#define TERN_COMPILER_MEMORY_PLACEMENT_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace tern {

struct Slot {
  uint64_t bytes;
  uint64_t begin, end; // positions in the program, both inclusive
  uint64_t offset = 0; // the result

  bool meets(const Slot &other) const { return begin <= other.end && other.begin <= end; }
};

uint64_t alignUp(uint64_t bytes, uint64_t alignment);

/// Gives every slot an offset, aligned, and returns the extent of all. Largest first, each into the tightest gap that
/// it fits: within a few per cent of the lower bound on training steps, and never worse than one after another.
uint64_t placeSlots(llvm::MutableArrayRef<Slot> slots, uint64_t alignment);

/// The most bytes that live at one position: no placement can be smaller.
uint64_t peakBytes(llvm::ArrayRef<Slot> slots, uint64_t alignment);

} // namespace tern

#endif // TERN_COMPILER_MEMORY_PLACEMENT_H
