// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a sequence goes in a function, from the tokens to the logits, and which op stands in its way.

#ifndef TERN_COMPILER_DERIVE_SEQUENCEANALYSIS_H
#define TERN_COMPILER_DERIVE_SEQUENCEANALYSIS_H

#include "dialects/tern/Tern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {

/// The dimension that runs along the sequence of every value that depends on it. Starts at the arguments that have a dimension
/// named "seq" (`tern.dims`). Emits an error at the op that looks at the whole sequence, or does not say how it looks at it.
mlir::FailureOr<SequenceDims> followSequence(mlir::func::FuncOp function);

/// Whether an op depends on the sequence.
bool isAlongSequence(mlir::Operation *op, const SequenceDims &dims);
/// Whether a position of what the op computes follows from the same position of its operands alone.
bool isPositionwise(mlir::Operation *op);

} // namespace tern

#endif // TERN_COMPILER_DERIVE_SEQUENCEANALYSIS_H
