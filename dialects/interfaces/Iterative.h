// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Iterative: an op that runs its body several times and carries values from one iteration to the next. See Iterative.td.

#ifndef TERN_INTERFACES_ITERATIVE_H
#define TERN_INTERFACES_ITERATIVE_H

#include "mlir/IR/OpDefinition.h"

#include <optional>

#include "dialects/interfaces/Iterative.h.inc"

namespace tern {
/// Also stacks a value of the body. Replaces the op by a wider one and erases it; the new result is the last.
Iterative alsoStack(Iterative loop, mlir::Value value);
/// The number of the stacked operand that a value is a slice of, in the body itself; nothing for other values.
std::optional<unsigned> sliceNumber(Iterative loop, mlir::Value value);
} // namespace tern

#endif // TERN_INTERFACES_ITERATIVE_H
