// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Byte-pair encoding: neighbours are merged, the pair of lowest rank first, the leftmost of equals, until no pair has a merge.

#ifndef TERN_RUNTIME_TEXT_MERGER_H
#define TERN_RUNTIME_TEXT_MERGER_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tern::rt {

class Merger {
public:
  explicit Merger(size_t merges); // how many will be added
  /// False when the pair has a merge already.
  bool add(int32_t left, int32_t right, int32_t merged, int32_t rank);

  /// Merges the symbols from `from` on. Time grows as n log n with their number n.
  void merge(std::vector<int32_t> &symbols, size_t from) const;

  /// The two ways in which merge() works, for short and for long words; they give the same.
  void mergeByScanning(std::vector<int32_t> &symbols, size_t from) const;
  void mergeByQueue(std::vector<int32_t> &symbols, size_t from) const;

private:
  struct Merge {
    uint64_t pair = none;
    int32_t rank = noRank, merged = 0;
  };
  static constexpr uint64_t none = ~uint64_t{0};
  static constexpr int32_t noRank = INT32_MAX;
  class Queue;

  static uint64_t pairOf(int32_t left, int32_t right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  size_t slotOf(uint64_t pair) const { return static_cast<size_t>(pair * 0x9e3779b97f4a7c15u >> shift); }
  const Merge &find(int32_t left, int32_t right) const;

  std::vector<Merge> table; // open addressing, at most half full
  int shift = 0;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_MERGER_H
