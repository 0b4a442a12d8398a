// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Short words are scanned for the best pair again and again, which is fastest for a handful of symbols; long ones keep their
// pairs in a queue and their symbols in a linked list.

#include "runtime/text/Merger.h"

#include <algorithm>
#include <array>
#include <bit>
#include <queue>

namespace tern::rt {

static constexpr size_t scanLimit = 32; // symbols

Merger::Merger(size_t merges) {
  size_t slots = std::bit_ceil(std::max<size_t>(2 * merges, 2));
  table.resize(slots);
  shift = 64 - std::countr_zero(slots);
}

bool Merger::add(int32_t left, int32_t right, int32_t merged, int32_t rank) {
  uint64_t pair = pairOf(left, right);
  size_t slot = slotOf(pair);
  for (; table[slot].pair != none; slot = (slot + 1) & (table.size() - 1))
    if (table[slot].pair == pair)
      return false;
  table[slot] = {pair, rank, merged};
  return true;
}

const Merger::Merge &Merger::find(int32_t left, int32_t right) const {
  uint64_t pair = pairOf(left, right);
  size_t slot = slotOf(pair);
  while (table[slot].pair != pair && table[slot].pair != none)
    slot = (slot + 1) & (table.size() - 1);
  return table[slot]; // an empty slot has no rank
}

void Merger::merge(std::vector<int32_t> &symbols, size_t from) const {
  size_t size = symbols.size() - from;
  if (size >= 2)
    size <= scanLimit ? mergeByScanning(symbols, from) : mergeByQueue(symbols, from);
}

void Merger::mergeByScanning(std::vector<int32_t> &symbols, size_t from) const {
  std::vector<Merge> longPairs;
  std::array<Merge, scanLimit> shortPairs; // pairs[i]: of symbols i and i + 1
  size_t size = symbols.size() - from;
  if (size > scanLimit)
    longPairs.resize(size);
  Merge *pairs = size > scanLimit ? longPairs.data() : shortPairs.data();
  int32_t *symbol = symbols.data() + from;
  for (size_t at = 0; at + 1 < size; ++at)
    pairs[at] = find(symbol[at], symbol[at + 1]);
  while (size >= 2) {
    Merge *best = std::min_element(pairs, pairs + size - 1, [](const Merge &a, const Merge &b) { return a.rank < b.rank; });
    if (best->rank == noRank)
      break;
    size_t at = static_cast<size_t>(best - pairs);
    symbol[at] = best->merged;
    std::copy(symbol + at + 2, symbol + size, symbol + at + 1);
    std::copy(pairs + at + 1, pairs + size - 1, pairs + at);
    --size;
    if (at > 0)
      pairs[at - 1] = find(symbol[at - 1], symbol[at]);
    if (at + 1 < size)
      pairs[at] = find(symbol[at], symbol[at + 1]);
  }
  symbols.resize(from + size);
}

// The symbols of one long word while it is merged.
class Merger::Queue {
public:
  Queue(const Merger &merger, int32_t *symbols, size_t size) : merger(merger), symbols(symbols), links(size) {
    for (size_t at = 0; at < size; ++at)
      links[at] = {at == 0 ? nowhere : at - 1, at + 1 == size ? nowhere : at + 1};
    for (size_t at = 0; at + 1 < size; ++at)
      push(at);
  }

  // The number of symbols that remain, at the front.
  size_t run() {
    while (!pairs.empty()) {
      Pair best = pairs.top();
      pairs.pop();
      apply(best);
    }
    size_t size = 0;
    for (size_t at = 0; at != nowhere; at = links[at].next)
      symbols[size++] = symbols[at];
    return size;
  }

private:
  static constexpr size_t nowhere = ~size_t{0};
  struct Link {
    size_t before, next;
  };
  struct Pair {
    int32_t rank;
    size_t at;
    bool operator>(const Pair &other) const { return rank != other.rank ? rank > other.rank : at > other.at; }
  };

  void push(size_t at) {
    if (int32_t rank = merger.find(symbols[at], symbols[links[at].next]).rank; rank != noRank)
      pairs.push({rank, at});
  }

  // A pair in the queue may be gone since: one of its symbols was merged with another neighbour.
  void apply(const Pair &pair) {
    size_t at = pair.at, right = links[at].next;
    if (symbols[at] < 0 || right == nowhere)
      return;
    const Merge &merge = merger.find(symbols[at], symbols[right]);
    if (merge.rank != pair.rank)
      return;
    symbols[at] = merge.merged;
    symbols[right] = -1;
    links[at].next = links[right].next;
    if (links[at].next != nowhere) {
      links[links[at].next].before = at;
      push(at);
    }
    if (links[at].before != nowhere)
      push(links[at].before);
  }

  const Merger &merger;
  int32_t *symbols;
  std::vector<Link> links;
  std::priority_queue<Pair, std::vector<Pair>, std::greater<Pair>> pairs;
};

void Merger::mergeByQueue(std::vector<int32_t> &symbols, size_t from) const {
  if (symbols.size() - from < 2)
    return;
  Queue queue(*this, symbols.data() + from, symbols.size() - from);
  symbols.resize(from + queue.run());
}

} // namespace tern::rt
