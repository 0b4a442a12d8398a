// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Draws for the generators: the same numbers from the same seed on every machine.

#ifndef TERN_EXAMPLES_DATA_DRAW_H
#define TERN_EXAMPLES_DATA_DRAW_H

#include <cstdint>
#include <iterator>
#include <string>

namespace tern::examples {

// splitmix64 (Steele et al. 2014).
class Draw {
public:
  explicit Draw(uint64_t seed) : state(seed) {}

  uint64_t bits() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // From `low` to `high`, both included.
  int between(int low, int high) { return low + static_cast<int>(bits() % static_cast<uint64_t>(high - low + 1)); }
  bool chance(int percent) { return between(0, 99) < percent; }
  template <typename List>
  std::string oneOf(const List &list) {
    return list[between(0, static_cast<int>(std::size(list)) - 1)];
  }

private:
  uint64_t state;
};

constexpr long dateCount = 73049;       // 1900 to 2099
std::string datePair(Draw &draw);       // "may 5, 2009<tab>2009-05-05"
constexpr long reversalCount = 11111111000; // of 3 to 10 digits
std::string reversalPair(Draw &draw);   // "58301<tab>10385"
std::string story(Draw &draw);          // some sentences, one a line
std::string labelledLine(Draw &draw);   // "the soup was not good<tab>negative"

} // namespace tern::examples

#endif // TERN_EXAMPLES_DATA_DRAW_H
