// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Little endian: the low bytes of an id are its narrow form.

#include "runtime/data/TokenArray.h"

#include <cstring>

namespace tern::rt {

void TokenArray::append(std::span<const int32_t> ids) {
  size_t at = storage.size();
  storage.resize(at + ids.size() * width);
  for (int32_t id : ids) {
    std::memcpy(&storage[at], &id, width);
    at += width;
  }
}

void TokenArray::copy(int64_t begin, std::span<int32_t> target) const {
  size_t at = static_cast<size_t>(begin) * width;
  for (int32_t &id : target) {
    id = 0;
    std::memcpy(&id, &storage[at], width);
    at += width;
  }
}

} // namespace tern::rt
