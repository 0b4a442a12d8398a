// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference expansions: each kernel as the loops of its formula.

#ifndef TERN_COMPILER_CPU_NAIVEKERNELS_H
#define TERN_COMPILER_CPU_NAIVEKERNELS_H

#include "compiler/cpu/CpuUtils.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

void expandNaive(Emitter &emit, kernel::ContractOp op);
void expandNaive(Emitter &emit, kernel::PackOp op);
void expandNaive(Emitter &emit, kernel::QuantizeOp op);
void expandNaive(Emitter &emit, kernel::DequantizeOp op);
void expandNaive(Emitter &emit, kernel::InterleaveOp op);
void expandNaive(Emitter &emit, kernel::DeinterleaveOp op);
void expandNaive(Emitter &emit, kernel::AttentionOp op);
void expandNaive(Emitter &emit, kernel::AttentionGradOp op);
void expandNaive(Emitter &emit, kernel::RotationOp op);
void expandNaive(Emitter &emit, kernel::GatherOp op);
void expandNaive(Emitter &emit, kernel::ScatterAddOp op);
void expandNaive(Emitter &emit, kernel::WriteRowsOp op);
void expandNaive(Emitter &emit, kernel::CrossEntropyOp op);
void expandNaive(Emitter &emit, kernel::CrossEntropyGradOp op);

/// Where the rows of batch row b go, and how many of them.
struct WrittenRows {
  Value position, count;
};
WrittenRows writtenRows(Emitter &emit, kernel::WriteRowsOp op, Value b);

/// acc of one element of a product with blocks.
Value naiveBlockSum(Emitter &emit, kernel::ContractOp op, Value m, Value n);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_NAIVEKERNELS_H
