// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape rules that families share: broadcasting, equal extents, dropping and replacing dimensions. Every failure names
// the dimension and both sizes. A dynamic extent agrees with any other.

#ifndef TERN_DIALECT_SHAPES_H
#define TERN_DIALECT_SHAPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/TypeRange.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace tern {

/// True when the extents are equal or one of them is dynamic.
bool extentsAgree(int64_t a, int64_t b);
/// The static one of two agreeing extents.
int64_t mergeExtents(int64_t a, int64_t b);
/// "12" or "?".
std::string extentName(int64_t extent);

/// NumPy broadcasting of two shapes; emits "dimension 1: 3 and 4 do not broadcast" on failure.
mlir::FailureOr<llvm::SmallVector<int64_t>> broadcastShapes(std::optional<mlir::Location> loc, llvm::ArrayRef<int64_t> a,
                                                            llvm::ArrayRef<int64_t> b);

/// The type of an elementwise op on operands that broadcast: they have one element type.
mlir::LogicalResult inferBroadcast(llvm::StringRef name, std::optional<mlir::Location> loc, mlir::TypeRange operands,
                                   llvm::SmallVectorImpl<mlir::Type> &types);

/// The dimension counted from the front; emits "NAME: dimension 3 of a tensor of rank 2" when it is not there.
mlir::FailureOr<int64_t> axisOf(llvm::StringRef name, std::optional<mlir::Location> loc, int64_t dim, int64_t rank);
/// The same of a dimension that is known to be there.
int64_t fromFront(int64_t dim, mlir::Value tensor);

/// Emits "WHAT: expected 4, found 5" unless the extents agree.
mlir::LogicalResult expectExtent(std::optional<mlir::Location> loc, const llvm::Twine &what, int64_t expected,
                                 int64_t found);

/// Emits "'OP' op NAME has rank 1, expected 0" unless the operand is a number of the element type of `like`.
mlir::LogicalResult expectNumber(mlir::Operation *op, mlir::Type like, llvm::StringRef name, mlir::Value operand);
/// A position is one for all batch rows, or one for each; none is fine.
mlir::LogicalResult expectPositions(std::optional<mlir::Location> loc, const llvm::Twine &what, int64_t batch,
                                    mlir::Value position);

/// Lengths are (B), what they are the lengths of is (B, ...), of `rank` or more.
mlir::LogicalResult expectLengths(llvm::StringRef name, std::optional<mlir::Location> loc, mlir::Type rows, mlir::Type lengths,
                                  size_t rank);

/// The type with another shape or element type.
mlir::RankedTensorType withShape(mlir::Type type, llvm::ArrayRef<int64_t> shape);
mlir::RankedTensorType withElement(mlir::Type type, mlir::Type element);
/// The type of sums of products of elements of this type: f32 for bf16 and f16.
mlir::RankedTensorType sumsOf(mlir::RankedTensorType type);
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Type type) { return llvm::cast<mlir::RankedTensorType>(type).getShape(); }
/// Number of elements, 0 when an extent is dynamic.
inline uint64_t elementCount(mlir::Type type) {
  auto tensor = llvm::cast<mlir::RankedTensorType>(type);
  return tensor.hasStaticShape() ? tensor.getNumElements() : 0;
}
inline mlir::Type elementOf(mlir::Type type) { return llvm::cast<mlir::RankedTensorType>(type).getElementType(); }

} // namespace tern

#endif // TERN_DIALECT_SHAPES_H
