// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one block of memory that a program computes in: anonymous pages, zeroed by the kernel, 2 MiB aligned, touched
// only when used, so that resident memory follows the plan.

#ifndef TERN_RUNTIME_CORE_ARENA_H
#define TERN_RUNTIME_CORE_ARENA_H

#include "runtime/core/Result.h"

#include <cstdint>

namespace tern::rt {

class Arena {
public:
  static Result<Arena> create(uint64_t bytes);

  Arena(Arena &&other) noexcept;
  Arena &operator=(Arena &&other) noexcept;
  Arena(const Arena &) = delete;
  ~Arena();

  uint8_t *data() const { return base; }
  uint64_t size() const { return bytes; }

private:
  Arena() = default;
  uint8_t *base = nullptr; // aligned
  uint64_t bytes = 0;
  void *mapping = nullptr;
  uint64_t mappingBytes = 0;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_ARENA_H
