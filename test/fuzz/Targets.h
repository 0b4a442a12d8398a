// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fuzz targets. Each takes any bytes, and must neither crash nor break a property that it checks itself.

#ifndef TERN_TEST_FUZZ_TARGETS_H
#define TERN_TEST_FUZZ_TARGETS_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" {
int fuzzCsv(const uint8_t *data, size_t size);
int fuzzLlama2c(const uint8_t *data, size_t size);
int fuzzSafeTensors(const uint8_t *data, size_t size);
int fuzzSentencePieces(const uint8_t *data, size_t size);
int fuzzTokenizer(const uint8_t *data, size_t size);
int fuzzUtf8(const uint8_t *data, size_t size);
}

namespace tern::rt::fuzz {

// Fails loudly in every build.
inline void require(bool holds, const char *property) {
  if (holds)
    return;
  std::fprintf(stderr, "fuzz: property broken: %s\n", property);
  std::abort();
}

inline std::string_view asText(const uint8_t *data, size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

} // namespace tern::rt::fuzz

#endif // TERN_TEST_FUZZ_TARGETS_H
