// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of few rows with block-quantised weights.

#ifndef TERN_COMPILER_CPU_BLOCKSTREAM_H
#define TERN_COMPILER_CPU_BLOCKSTREAM_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// The product of few rows with interleaved blocks.
void expandBlockStream(Emitter &emit, kernel::ContractOp op, const Machine &machine);

/// sum + the products of four bytes of `left`, unsigned, and of `right`, signed, for each word of 32 bits; `right` is one
/// word for all. Exact.
Value dotBytes(Emitter &emit, const Machine &machine, Value sum, Value left, Value right);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_BLOCKSTREAM_H
