// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of many rows with block-quantised weights.

#ifndef TERN_COMPILER_CPU_BLOCKTILES_H
#define TERN_COMPILER_CPU_BLOCKTILES_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// The product of more rows than are streamed with interleaved blocks.
void expandBlockTiles(Emitter &emit, kernel::ContractOp op, const Machine &machine);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_BLOCKTILES_H
