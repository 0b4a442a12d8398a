// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The finalizer of SplitMix64, applied once per word of the key and twice per number: a bijection of the counter for
// each key.

#include "runtime/core/Random.h"

namespace tern::rt {

static constexpr uint64_t goldenRatio = 0x9e3779b97f4a7c15;

static uint64_t mix(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

uint64_t randomKey(std::initializer_list<uint64_t> words) {
  uint64_t key = goldenRatio;
  for (uint64_t word : words)
    key = mix(key + goldenRatio + mix(word + goldenRatio));
  return key;
}

uint64_t randomBits(uint64_t key, uint64_t counter) { return mix(key ^ mix(key + (counter + 1) * goldenRatio)); }

// The high word of the product: the bias is below bound / 2^64.
uint64_t randomBelow(uint64_t key, uint64_t counter, uint64_t bound) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(randomBits(key, counter)) * bound) >> 64);
}

double randomUnit(uint64_t key, uint64_t counter) {
  return static_cast<double>(randomBits(key, counter) >> 11) * 0x1p-53;
}

} // namespace tern::rt
