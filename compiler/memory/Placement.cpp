// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Greedy best fit by size.

#include "compiler/memory/Placement.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <numeric>

using namespace llvm;
using namespace tern;

uint64_t tern::alignUp(uint64_t bytes, uint64_t alignment) { return (bytes + alignment - 1) / alignment * alignment; }

// The tightest gap between `neighbours` (sorted by offset) that takes `bytes`, or the end of all.
static uint64_t bestGap(ArrayRef<const Slot *> neighbours, uint64_t bytes, uint64_t alignment) {
  uint64_t end = 0, best = UINT64_MAX, bestWaste = UINT64_MAX;
  for (const Slot *slot : neighbours) {
    if (slot->offset >= end + bytes && slot->offset - end - bytes < bestWaste) {
      best = end;
      bestWaste = slot->offset - end - bytes;
    }
    end = std::max(end, alignUp(slot->offset + slot->bytes, alignment));
  }
  return best == UINT64_MAX ? end : best;
}

uint64_t tern::placeSlots(MutableArrayRef<Slot> slots, uint64_t alignment) {
  SmallVector<size_t> order(slots.size());
  std::iota(order.begin(), order.end(), 0);
  stable_sort(order, [&](size_t a, size_t b) { return slots[a].bytes > slots[b].bytes; });

  uint64_t extent = 0;
  SmallVector<const Slot *> placed; // sorted by offset
  for (size_t index : order) {
    Slot &slot = slots[index];
    SmallVector<const Slot *> neighbours;
    copy_if(placed, std::back_inserter(neighbours), [&](const Slot *other) { return slot.meets(*other); });
    slot.offset = bestGap(neighbours, slot.bytes, alignment);
    extent = std::max(extent, alignUp(slot.offset + slot.bytes, alignment));
    placed.insert(upper_bound(placed, &slot, [](const Slot *a, const Slot *b) { return a->offset < b->offset; }),
                  &slot);
  }
  return extent;
}

uint64_t tern::peakBytes(ArrayRef<Slot> slots, uint64_t alignment) {
  uint64_t peak = 0;
  for (const Slot &at : slots) { // a new peak can only be where a slot begins
    uint64_t live = 0;
    for (const Slot &slot : slots)
      if (slot.begin <= at.begin && at.begin <= slot.end)
        live += alignUp(slot.bytes, alignment);
    peak = std::max(peak, live);
  }
  return peak;
}
