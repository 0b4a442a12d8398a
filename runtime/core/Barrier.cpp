// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread that parks announces itself before it looks at the count again, and the opener looks for parked threads
// after advancing the count: one of the two always sees the other, so no wake-up is lost, and no system call is made
// when nobody parked.

#include "runtime/core/Barrier.h"

#include <climits>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tern::rt {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a futex is a plain word");

static void futex(std::atomic<uint32_t> &word, int operation, uint32_t value) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

static void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void Gate::waitPast(uint32_t before, unsigned spins) {
  for (unsigned spin = 0; spin < spins; ++spin, relax())
    if (opened.load(std::memory_order_acquire) != before)
      return;
  parked.fetch_add(1, std::memory_order_seq_cst);
  while (opened.load(std::memory_order_seq_cst) == before)
    futex(opened, FUTEX_WAIT, before);
  parked.fetch_sub(1, std::memory_order_relaxed);
}

void Gate::open() {
  opened.fetch_add(1, std::memory_order_seq_cst);
  if (parked.load(std::memory_order_seq_cst))
    futex(opened, FUTEX_WAKE, INT_MAX);
}

void Barrier::wait(uint32_t threads, unsigned spins) {
  uint32_t before = gate.count();
  if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 != threads)
    return gate.waitPast(before, spins);
  arrived.store(0, std::memory_order_relaxed);
  gate.open();
}

} // namespace tern::rt
