// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counter-based random numbers: a value is a pure function of (key, counter), so batches and samples need no saved
// state.

#ifndef TERN_RUNTIME_CORE_RANDOM_H
#define TERN_RUNTIME_CORE_RANDOM_H

#include <cstdint>
#include <initializer_list>

namespace tern::rt {

// One key from several words (seed, step, micro-batch, ...); order matters.
uint64_t randomKey(std::initializer_list<uint64_t> words);
// 64 random bits.
uint64_t randomBits(uint64_t key, uint64_t counter);
// Uniform in [0, bound); bound > 0.
uint64_t randomBelow(uint64_t key, uint64_t counter, uint64_t bound);
// Uniform in [0, 1), 53 bits.
double randomUnit(uint64_t key, uint64_t counter);

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_RANDOM_H
