// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A gate and a reusable barrier whose waiting threads spin briefly and then park on a futex. Private to the thread
// pool.

#ifndef TERN_RUNTIME_CORE_BARRIER_H
#define TERN_RUNTIME_CORE_BARRIER_H

#include <atomic>
#include <cstdint>

namespace tern::rt {

// Counts how often it was opened; threads wait for the count to change.
class Gate {
public:
  uint32_t count() const { return opened.load(std::memory_order_acquire); }
  void waitPast(uint32_t before, unsigned spins);
  void open();

private:
  alignas(64) std::atomic<uint32_t> opened{0};
  std::atomic<uint32_t> parked{0};
};

class Barrier {
public:
  // Returns when `threads` threads have called it. Everything written before is visible after.
  void wait(uint32_t threads, unsigned spins);

private:
  alignas(64) std::atomic<uint32_t> arrived{0};
  Gate gate;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_BARRIER_H
