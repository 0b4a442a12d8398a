// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Token ids in the narrowest integers that hold a vocabulary: a text of bytes takes one byte a token.

#ifndef TERN_RUNTIME_DATA_TOKENARRAY_H
#define TERN_RUNTIME_DATA_TOKENARRAY_H

#include <cstdint>
#include <span>
#include <vector>

namespace tern::rt {

class TokenArray {
public:
  explicit TokenArray(int64_t vocabulary) : width(vocabulary <= 256 ? 1 : vocabulary <= 65536 ? 2 : 4) {}

  int64_t size() const { return static_cast<int64_t>(storage.size() / width); }
  void append(std::span<const int32_t> ids);
  void copy(int64_t begin, std::span<int32_t> target) const; // begin + target.size() <= size()

private:
  size_t width;
  std::vector<uint8_t> storage;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_TOKENARRAY_H
