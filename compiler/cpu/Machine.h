// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the expansions know of the machine, by features and never by model name.

#ifndef TERN_COMPILER_CPU_MACHINE_H
#define TERN_COMPILER_CPU_MACHINE_H

#include <cstdint>

namespace tern::cpu {

struct Machine {
  unsigned vectorBits = 512; // width of a vector register
  bool fma = true;           // multiplies and adds in one instruction
  uint64_t l1Bytes = 32 << 10;
  uint64_t l2Bytes = 1 << 20;

  int64_t lanes(unsigned elementBits) const { return vectorBits / elementBits; }
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_MACHINE_H
