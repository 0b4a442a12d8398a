// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of a program's variants this machine runs: feature bits of the processor, what the system saves of its
// registers, and the permission to use tiles. Nothing here is about models of processors.

#ifndef TERN_RUNTIME_CORE_VARIANTS_H
#define TERN_RUNTIME_CORE_VARIANTS_H

#include "runtime/abi/tern.h"
#include "runtime/core/Result.h"

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace tern::rt {

struct Processor {
  uint64_t features = 0;             // bits of TERN_X86_FEATURES that processor and system have
  std::function<bool()> permitTiles; // asks the system for tile registers; false when it refuses
};

/// This machine. Tiles are asked for when a variant needs them, not here.
Processor thisProcessor();

/// Whether the processor has all of these features, by their names in TERN_X86_FEATURES.
bool hasFeatures(const Processor &processor, std::initializer_list<std::string_view> names);

/// What the processor lacks for a variant: "avx512f avx512bw"; empty when nothing.
std::string missingFeatures(const tern_variant &variant, const Processor &processor);

inline std::span<const tern_variant> variantsOf(const tern_variants &program) {
  return {program.variants, program.count};
}

/// The variant that the words of `isa` name (spaces do not count), or null.
const tern_variant *findVariant(const tern_variants &program, std::string_view isa);

/// The most demanding variant that can be used, or the one that `wanted` names. Errors say which can be used, and what
/// the machine lacks for the others.
Result<const tern_variant *> pickVariant(const tern_variants &program, std::string_view wanted,
                                         const Processor &processor);

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_VARIANTS_H
