// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ids of words seen lately: texts repeat their words, and merging costs far more than looking. A slot is a cache line; a
// word has two slots, of which it takes the newer one and pushes what was there into the older one.

#ifndef TERN_RUNTIME_TEXT_WORDCACHE_H
#define TERN_RUNTIME_TEXT_WORDCACHE_H

#include "runtime/core/Result.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace tern::rt {

class WordCache {
public:
  static constexpr size_t longestWord = 30, mostIds = 8;

  WordCache() : slots(slotCount) {}

  /// Appends the ids of a word; false when it is not here. The word has 1 to longestWord bytes.
  bool append(std::string_view word, std::vector<int32_t> &ids) const {
    const Slot *pair = &slots[indexOf(word)];
    const Slot *slot = holds(pair[0], word) ? pair : holds(pair[1], word) ? pair + 1 : nullptr;
    if (!slot)
      return false;
    if (slot->count == 1)
      ids.push_back(slot->ids[0]);
    else
      ids.insert(ids.end(), slot->ids, slot->ids + slot->count);
    return true;
  }

  void store(std::string_view word, std::span<const int32_t> ids) {
    if (ids.size() > mostIds)
      return;
    Slot &slot = slots[indexOf(word)];
    (&slot)[1] = slot;
    slot.length = static_cast<uint8_t>(word.size());
    slot.count = static_cast<uint8_t>(ids.size());
    std::memcpy(slot.word, word.data(), word.size());
    std::memcpy(slot.ids, ids.data(), ids.size_bytes());
  }

private:
  struct alignas(64) Slot {
    uint8_t length = 0, count = 0;
    char word[longestWord];
    int32_t ids[mostIds];
  };
  static constexpr int bits = 14;
  static constexpr size_t slotCount = size_t{2} << bits;

  template <typename T>
  static uint64_t load(const char *at) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
  }

  // Two loads that overlap cover a word of up to 16 bytes; the C library's function costs more than that.
  static bool holds(const Slot &slot, std::string_view word) {
    size_t size = word.size();
    if (slot.length != size)
      return false;
    const char *a = slot.word, *b = word.data();
    if (size > 16)
      return std::memcmp(a, b, size) == 0;
    if (size >= 8)
      return load<uint64_t>(a) == load<uint64_t>(b) && load<uint64_t>(a + size - 8) == load<uint64_t>(b + size - 8);
    if (size >= 4)
      return load<uint32_t>(a) == load<uint32_t>(b) && load<uint32_t>(a + size - 4) == load<uint32_t>(b + size - 4);
    return a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1];
  }

  // Every byte counts: the first and the last eight, overlapping where there are fewer.
  static size_t indexOf(std::string_view word) {
    size_t size = word.size();
    const char *begin = word.data(), *end = begin + size;
    uint64_t head, tail;
    if (size >= 8) {
      head = load<uint64_t>(begin), tail = load<uint64_t>(end - 8);
      if (size > 16)
        head ^= load<uint64_t>(begin + 8) * 0x9e3779b97f4a7c15u, tail ^= load<uint64_t>(end - 16) * 0xc2b2ae3d27d4eb4fu;
    } else if (size >= 4) {
      head = load<uint32_t>(begin), tail = load<uint32_t>(end - 4);
    } else {
      head = load<uint8_t>(begin) | load<uint8_t>(begin + size / 2) << 8, tail = load<uint8_t>(end - 1);
    }
    uint64_t mixed = (head ^ size << 56) * 0x9e3779b97f4a7c15u ^ (tail + 0x165667b19e3779f9u) * 0xc2b2ae3d27d4eb4fu;
    return static_cast<size_t>((mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9u >> (64 - bits)) * 2;
  }

  std::vector<Slot> slots;
};

/// Whose words the cache of a thread holds: every thread has one, of the model that it used last, so that none waits for
/// another.
class WordCacheKey {
public:
  WordCacheKey();

  /// Appends the ids of words; `encode` appends those of one that is not known yet.
  template <typename Encode>
  Status encodeCached(std::span<const std::string_view> words, std::vector<int32_t> &ids, Encode encode) const {
    WordCache &known = cache();
    for (std::string_view word : words) {
      bool isShort = !word.empty() && word.size() <= WordCache::longestWord;
      if (isShort && known.append(word, ids))
        continue;
      size_t from = ids.size();
      TERN_TRY(encode(word));
      if (isShort)
        known.store(word, std::span<const int32_t>(ids).subspan(from));
    }
    return success();
  }

private:
  WordCache &cache() const;
  uint64_t serial;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_WORDCACHE_H
