// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rotation of queries and keys on vectors.

#ifndef TERN_COMPILER_CPU_ROTATION_H
#define TERN_COMPILER_CPU_ROTATION_H

#include "compiler/cpu/CpuUtils.h"
#include "compiler/cpu/Machine.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// All operands have contiguous rows.
void expandRotation(Emitter &emit, const Machine &machine, kernel::RotationOp op);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_ROTATION_H
