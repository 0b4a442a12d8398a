// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dropout mask of attention: squares bits (see dialects/tern/Random.td), on scalars or vectors.

#ifndef TERN_COMPILER_CPU_RANDOM_H
#define TERN_COMPILER_CPU_RANDOM_H

#include "compiler/cpu/CpuUtils.h"

namespace tern::cpu {

/// 32 random bits in the low half of an i64 (or of each lane), from a key and a counter of the same type.
Value squares(Emitter &emit, Value key, Value counter);

/// i1 (or a vector of it): uniform(key, counter) >= rate.
Value keeps(Emitter &emit, Value key, Value counter, double rate);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_RANDOM_H
