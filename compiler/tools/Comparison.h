// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two tensors of a program's memory, element by element: what differs, where, by how much.

#ifndef TERN_COMPILER_TOOLS_COMPARISON_H
#define TERN_COMPILER_TOOLS_COMPARISON_H

#include "compiler/tools/Jit.h"

#include <string>

namespace tern {

/// What a check allows. Integers are equal in any case, a NaN agrees with a NaN, an infinity with the same infinity.
struct Agreement {
  bool exact = false; // the same bits; 0.0 and -0.0 differ
  double rtol = 0, atol = 0;
};

/// Compares two tensors of the same type. What disagrees is described in `message`: how many elements, and the one that
/// differs most, or the first one where the comparison is exact.
bool compare(const uint8_t *actual, const uint8_t *expected, const tern_tensor &type, const Agreement &agreement,
             std::string &message);

/// "[1, 2]"
std::string positionOf(const tern_tensor &type, uint64_t index);

/// "1.5", with as many digits as tell it from its neighbours.
std::string valueOf(const uint8_t *data, uint32_t dtype, uint64_t index);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_COMPARISON_H
