// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Models are told apart by a number that none has had before, not by their address.

#include "runtime/text/WordCache.h"

#include <atomic>
#include <memory>

namespace tern::rt {

static std::atomic<uint64_t> serials = 1;

WordCacheKey::WordCacheKey() : serial(serials++) {}

WordCache &WordCacheKey::cache() const {
  static thread_local std::unique_ptr<WordCache> words;
  static thread_local uint64_t owner = 0;
  if (owner != serial) {
    words = std::make_unique<WordCache>();
    owner = serial;
  }
  return *words;
}

} // namespace tern::rt
