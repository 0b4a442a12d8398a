// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the loops of the ceilings share. The runtime is compiled for the baseline, so wide loops carry their own target
// attributes and are chosen by what processor and system have. Included by the files of ceilings only.

#ifndef TERN_RUNTIME_CLI_WIDELOOPS_H
#define TERN_RUNTIME_CLI_WIDELOOPS_H

#include "runtime/core/Variants.h"

namespace tern::rt {

#define TERN_AVX512 __attribute__((target("avx512f,fma"), noinline))
#define TERN_AVX2 __attribute__((target("avx2,fma"), noinline))

typedef float Float16 __attribute__((vector_size(64)));
typedef float Float8 __attribute__((vector_size(32)));
typedef float Float4 __attribute__((vector_size(16)));

// Where results go, so that no loop is dead. Every thread has its own.
inline thread_local volatile double sink;

/// The names are those of TERN_X86_FEATURES.
inline bool runsHere(std::initializer_list<std::string_view> features) {
  static const Processor processor = thisProcessor();
  return hasFeatures(processor, features);
}

inline bool hasAvx512() { return runsHere({"avx512f", "fma"}); }
inline bool hasAvx2() { return runsHere({"avx2", "fma"}); }

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_WIDELOOPS_H
