// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the expansions know of the machine, by features and never by model name. CpuTarget makes one from a text.

#ifndef TERN_COMPILER_CPU_MACHINE_H
#define TERN_COMPILER_CPU_MACHINE_H

#include <cstdint>

namespace tern::cpu {

struct Machine {
  unsigned vectorBits = 128; // width of a vector register
  bool fma = false;          // multiplies and adds in one instruction
  bool bf16Dot = false;      // vdpbf16ps on full vectors: pairs of bf16 to sums in f32
  bool int8Dot = false;      // vpdpbusd on full vectors: fours of u8 x i8 to sums in i32
  bool amxBf16 = false;      // tiles of 16 rows by 64 bytes, tdpbf16ps; vectors are 512 bits wide then
  bool amxInt8 = false;      // the same with tdpbssd and its relatives
  bool emulatesAmx = false;  // tile registers are vectors of vectors: for tests on machines that have none
  uint64_t l1Bytes = 32 << 10;
  uint64_t l2Bytes = 1 << 20;

  int64_t lanes(unsigned elementBits) const { return vectorBits / elementBits; }
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_MACHINE_H
