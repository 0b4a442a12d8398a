// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the families' lowerings share: tensors with a content, elementwise and reducing linalg ops written by the
// formula of one element, reshapes as views. All shapes are static.

#ifndef TERN_COMPILER_LOWER_LOWERUTILS_H
#define TERN_COMPILER_LOWER_LOWERUTILS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tern::lower {

using mlir::ImplicitLocOpBuilder;
using mlir::RankedTensorType;
using mlir::Value;
using mlir::ValueRange;

/// The formula of one element: one scalar per input, in order.
using ElementBody = llvm::function_ref<Value(ImplicitLocOpBuilder &, ValueRange)>;
/// The same with several results.
using ElementsBody = llvm::function_ref<llvm::SmallVector<Value>(ImplicitLocOpBuilder &, ValueRange)>;

// Tensors.

Value emptyTensor(ImplicitLocOpBuilder &b, llvm::ArrayRef<int64_t> shape, mlir::Type element);
/// Every element is the number.
Value filledTensor(ImplicitLocOpBuilder &b, llvm::ArrayRef<int64_t> shape, mlir::Type element, double value);
/// The same elements under another shape, as a view.
Value reshapeTensor(ImplicitLocOpBuilder &b, Value tensor, llvm::ArrayRef<int64_t> shape);
/// (B) as (B, 1, ...), to repeat along all dimensions but the first.
Value perRow(ImplicitLocOpBuilder &b, Value tensor, size_t rank);
/// Rows [first, first + count) of dimension 0; `first` is an index or a constant.
Value sliceRows(ImplicitLocOpBuilder &b, Value tensor, mlir::OpFoldResult first, int64_t count);
Value insertRows(ImplicitLocOpBuilder &b, Value rows, Value tensor, mlir::OpFoldResult first);

/// Matrix `number` of a batch `(count, R, C)`; a matrix of its own stays as it is.
Value matrixOf(ImplicitLocOpBuilder &b, Value batch, Value number);

/// Moves in front of the loops over layers around, as far as `value` is known there; null is known everywhere.
void leaveLoops(ImplicitLocOpBuilder &b, Value value);

// Products.

/// The product of two matrices, each transposed first if asked for, as a matrix of its own.
Value contractMatrices(ImplicitLocOpBuilder &b, Value lhs, Value rhs, bool transposeA, bool transposeB);

// Linalg.

/// result[i] = body(inputs[i]...): inputs broadcast to `shape` as in NumPy, constant inputs are written into the body.
/// The body may ask for its position with linalg.index.
Value mapElements(ImplicitLocOpBuilder &b, llvm::ArrayRef<int64_t> shape, mlir::Type element, ValueRange inputs,
                  ElementBody body);
/// The same in place: the body also takes the elements of `outs`, after those of the inputs, and gives their new
/// values.
llvm::SmallVector<Value> updateElements(ImplicitLocOpBuilder &b, ValueRange inputs, ValueRange outs, ElementsBody body);
/// Reduces `dims` of the first input's shape into `init`, which has the remaining ones. The body takes one element per
/// input and then the accumulator. Inputs after the first broadcast to the first.
Value reduceInto(ImplicitLocOpBuilder &b, ValueRange inputs, Value init, llvm::ArrayRef<int64_t> dims,
                 ElementBody body);
/// Sum over dims, which disappear.
Value sumOver(ImplicitLocOpBuilder &b, Value tensor, llvm::ArrayRef<int64_t> dims);
/// Maximum over dims, which disappear.
Value maxOver(ImplicitLocOpBuilder &b, Value tensor, llvm::ArrayRef<int64_t> dims);

// Scalars.

Value constantFloat(ImplicitLocOpBuilder &b, mlir::Type type, double value);
Value constantInt(ImplicitLocOpBuilder &b, mlir::Type type, int64_t value);
/// Whether the place of the current element along a dimension of a linalg op lies below `length`, an integer.
Value isBelow(ImplicitLocOpBuilder &b, int64_t dim, Value length);
/// Row-major index of the current element of a linalg op over `shape`, as i64.
Value rowMajorIndex(ImplicitLocOpBuilder &b, llvm::ArrayRef<int64_t> shape);

// Shapes of values.

inline llvm::ArrayRef<int64_t> shapeOf(Value value) { return llvm::cast<RankedTensorType>(value.getType()).getShape(); }
inline mlir::Type elementOf(Value value) { return llvm::cast<RankedTensorType>(value.getType()).getElementType(); }

} // namespace tern::lower

#endif // TERN_COMPILER_LOWER_LOWERUTILS_H
