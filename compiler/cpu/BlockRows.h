// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows of A as products with block-quantised weights take them: rounded to 8 bits in blocks of 32.

#ifndef TERN_COMPILER_CPU_BLOCKROWS_H
#define TERN_COMPILER_CPU_BLOCKROWS_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

struct BlockRows {
  Value quads;   // (M, K / 32, 8) words of four bytes
  Value offsets; // (M, K / 32): what a sum of products starts at, because the bytes of B are unsigned
  Value scales;  // (M, K / 32)
};

/// Rounds A in a forall of its own.
BlockRows roundRows(Emitter &emit, kernel::ContractOp op, const Machine &machine);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_BLOCKROWS_H
