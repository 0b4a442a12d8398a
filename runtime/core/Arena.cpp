// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Huge pages are asked for only on the 2 MiB blocks that lie wholly inside the arena: a block can then never make more
// memory resident than the plan says.

#include "runtime/core/Arena.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <utility>

namespace tern::rt {

static constexpr uint64_t hugePage = 2u << 20;

Result<Arena> Arena::create(uint64_t bytes) {
  Arena arena;
  arena.bytes = bytes;
  if (__builtin_add_overflow(bytes, hugePage, &arena.mappingBytes))
    return error("the program asks for ", bytes, " bytes of memory, which no machine has");
  void *mapping =
      mmap(nullptr, arena.mappingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED)
    return error("cannot reserve ", bytes, " bytes of memory: ", std::strerror(errno),
                 "; compile the model with a smaller --batch or --seq, or raise the limit (ulimit -v)");
  arena.mapping = mapping;
  auto address = reinterpret_cast<uintptr_t>(mapping);
  arena.base = static_cast<uint8_t *>(mapping) + (hugePage - address % hugePage) % hugePage;
  if (uint64_t whole = bytes / hugePage * hugePage)
    (void)madvise(arena.base, whole, MADV_HUGEPAGE); // refused where the kernel has none: only slower
  return arena;
}

Arena::Arena(Arena &&other) noexcept { *this = std::move(other); }

Arena &Arena::operator=(Arena &&other) noexcept {
  std::swap(base, other.base);
  std::swap(bytes, other.bytes);
  std::swap(mapping, other.mapping);
  std::swap(mappingBytes, other.mappingBytes);
  return *this;
}

Arena::~Arena() {
  if (mapping)
    munmap(mapping, mappingBytes);
}

} // namespace tern::rt
