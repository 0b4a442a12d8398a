// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of bytes with sums of 32 bits.

#ifndef TERN_COMPILER_CPU_BYTEPRODUCT_H
#define TERN_COMPILER_CPU_BYTEPRODUCT_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// The product of two matrices of i8, exact in i32.
void expandByteProduct(Emitter &emit, kernel::ContractOp op, const Machine &machine);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_BYTEPRODUCT_H
