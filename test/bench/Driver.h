// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the drivers of peer libraries share: one product per line of standard input, `FORM PRECISION M N K SECONDS`, one
// line of answer, `MEDIAN BEST WORST RUNS` in seconds or `none WHY`. Forms: y (M,N) = x (M,K) w; dx (M,K) = dy (M,N) w^T;
// dw (K,N) = x^T dy. The last product stays set up, so that a script can come back to it between its other runs.

#ifndef TERN_TEST_BENCH_DRIVER_H
#define TERN_TEST_BENCH_DRIVER_H

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace tern::bench {

struct Product {
  std::string form, precision;
  long m = 0, n = 0, k = 0;

  bool operator==(const Product &) const = default;
};

// Values in [-1, 1) of every sign and magnitude; sums stay small.
inline std::vector<float> values(size_t count) {
  std::vector<float> data(count);
  uint32_t state = 12345;
  for (float &value : data)
    value = static_cast<float>(static_cast<int32_t>(state = state * 1664525u + 1013904223u)) * 0x1p-31f;
  return data;
}

// The nearest bf16 of each value, ties to even.
inline std::vector<uint16_t> bf16Values(const std::vector<float> &source) {
  std::vector<uint16_t> data(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    uint32_t bits;
    std::memcpy(&bits, &source[i], sizeof(bits));
    data[i] = static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }
  return data;
}

// Runs `work` for `seconds`, three times at least, after one run that is not timed.
inline void timeAndPrint(double seconds, const std::function<void()> &work) {
  work();
  std::vector<double> times;
  double total = 0;
  while (times.size() < 3 || total < seconds) {
    auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    total += times.back();
  }
  std::sort(times.begin(), times.end());
  std::printf("%.9g %.9g %.9g %zu\n", times[times.size() / 2], times.front(), times.back(), times.size());
}

// `setUp` gives what runs the product once, or nothing where the library has no such product.
inline int serve(const std::function<std::function<void()>(const Product &)> &setUp) {
  Product last;
  std::function<void()> work;
  char form[16], precision[16];
  Product next;
  double seconds;
  while (std::scanf("%15s %15s %ld %ld %ld %lf", form, precision, &next.m, &next.n, &next.k, &seconds) == 6) {
    next.form = form, next.precision = precision;
    if (!(next == last)) {
      work = nullptr; // its memory goes before the next one's comes
      work = setUp(next);
    }
    last = next;
    if (work)
      timeAndPrint(seconds, work);
    else
      std::printf("none no %s product in %s\n", form, precision);
    std::fflush(stdout);
  }
  return 0;
}

} // namespace tern::bench

#endif // TERN_TEST_BENCH_DRIVER_H
