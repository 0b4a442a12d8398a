// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequential: an op that knows how its results follow from a sequence (see Sequential.td); where sequences lie in values, and
// what a step of one may ask for.

#ifndef TERN_INTERFACES_SEQUENTIAL_H
#define TERN_INTERFACES_SEQUENTIAL_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include <optional>

namespace tern {

/// Which dimension of a value runs along the sequence. Its extent is a multiple of the length: outer dimensions, such as the
/// batch, may have been merged into it.
class SequenceDims {
public:
  explicit SequenceDims(int64_t length) : tokens(length) {}

  /// Tokens of one sequence, at least 2.
  int64_t length() const { return tokens; }
  /// The dimension, or nothing when the value is the same at all positions.
  std::optional<int64_t> of(mlir::Value value) const;
  void set(mlir::Value value, std::optional<int64_t> dim);

  /// Operands broadcast to the results, aligned at the last dimension.
  llvm::LogicalResult followElementwise(mlir::Operation *op);
  /// Results keep the dimension of the operand, which must lie before the last `kept` ones: rows are worked on whole.
  llvm::LogicalResult followRows(mlir::Operation *op, mlir::Value input, int64_t kept = 1);
  /// The dimension of a result with the same elements under another shape.
  llvm::LogicalResult followReshape(mlir::Value input, mlir::Value result);

  /// The shape with another number of tokens.
  llvm::SmallVector<int64_t> resized(mlir::Value value, int64_t length) const;

private:
  llvm::DenseMap<mlir::Value, int64_t> dims;
  int64_t tokens;
};

/// What a step of a sequence may ask for. B is the number of sequences that the program works on at a time, T the number of
/// tokens of each.
class StepBuilder {
public:
  virtual ~StepBuilder() = default;

  /// (B) of i32: the positions of the first tokens.
  virtual mlir::Value position() = 0;
  /// (B) of i32: how many of the T tokens are there; what is computed for the others is not looked at.
  virtual mlir::Value count() = 0;
  /// The number of positions that a sequence may have.
  virtual int64_t context() const = 0;
  /// Writes rows (B, T, C), computed before `op`, at their positions into a cache that lasts from call to call. Returns all rows
  /// that it holds, (B, context, C), in the type in which they are kept; null after an error.
  virtual mlir::Value cache(mlir::Operation *op, llvm::StringRef name, mlir::Value rows) = 0;
  /// The state (B, ...) with which `op` goes on: `start` for a sequence at its first position, else what the last call kept.
  /// Null after an error.
  virtual mlir::Value state(mlir::Operation *op, llvm::StringRef name, mlir::Value start) = 0;
  /// Keeps what became of a state, computed by `op`, for the next call.
  virtual void keep(mlir::Operation *op, mlir::Value state, mlir::Value end) = 0;
};

} // namespace tern

#include "dialects/interfaces/Sequential.h.inc"

#endif // TERN_INTERFACES_SEQUENTIAL_H
