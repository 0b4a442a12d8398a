// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape rules that families share.

#include "dialects/tern/Shapes.h"

#include <algorithm>

using namespace mlir;

namespace tern {

bool extentsAgree(int64_t a, int64_t b) { return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b); }

int64_t mergeExtents(int64_t a, int64_t b) { return ShapedType::isDynamic(a) ? b : a; }

std::string extentName(int64_t extent) { return ShapedType::isDynamic(extent) ? "?" : std::to_string(extent); }

FailureOr<SmallVector<int64_t>> broadcastShapes(std::optional<Location> loc, ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  size_t rank = std::max(a.size(), b.size());
  SmallVector<int64_t> shape(rank);
  for (size_t fromEnd = 1; fromEnd <= rank; ++fromEnd) {
    int64_t x = fromEnd <= a.size() ? a[a.size() - fromEnd] : 1;
    int64_t y = fromEnd <= b.size() ? b[b.size() - fromEnd] : 1;
    int64_t &extent = shape[rank - fromEnd];
    if (x == 1 || y == 1)
      extent = x == 1 ? y : x;
    else if (extentsAgree(x, y))
      extent = mergeExtents(x, y);
    else
      return emitOptionalError(loc, "dimension ", rank - fromEnd, ": sizes ", x, " and ", y, " do not broadcast");
  }
  return shape;
}

LogicalResult inferBroadcast(StringRef name, std::optional<Location> loc, TypeRange operands, SmallVectorImpl<Type> &types) {
  Type first = operands.front();
  SmallVector<int64_t> shape(shapeOf(first));
  for (Type type : operands.drop_front()) {
    if (elementOf(type) != elementOf(first))
      return emitOptionalError(loc, name, ": element types ", elementOf(first), " and ", elementOf(type), " differ");
    FailureOr<SmallVector<int64_t>> wider = broadcastShapes(loc, shape, shapeOf(type));
    if (failed(wider))
      return failure();
    shape = *wider;
  }
  types.push_back(withShape(first, shape));
  return success();
}

FailureOr<int64_t> axisOf(StringRef name, std::optional<Location> loc, int64_t dim, int64_t rank) {
  if (dim >= -rank && dim < rank)
    return dim < 0 ? dim + rank : dim;
  return emitOptionalError(loc, name, ": dimension ", dim, " of a tensor of rank ", rank);
}

int64_t fromFront(int64_t dim, Value tensor) { return dim < 0 ? dim + shapeOf(tensor.getType()).size() : dim; }

LogicalResult expectExtent(std::optional<Location> loc, const Twine &what, int64_t expected, int64_t found) {
  if (extentsAgree(expected, found))
    return success();
  return emitOptionalError(loc, what.str(), ": expected ", expected, ", found ", found);
}

LogicalResult expectNumber(Operation *op, Type like, StringRef name, Value operand) {
  if (!shapeOf(operand.getType()).empty())
    return op->emitOpError(name) << " has rank " << shapeOf(operand.getType()).size() << ", expected 0";
  if (elementOf(operand.getType()) != elementOf(like))
    return op->emitOpError(name) << " has element type " << elementOf(operand.getType()) << ", expected " << elementOf(like);
  return success();
}

LogicalResult expectPositions(std::optional<Location> loc, const Twine &what, int64_t batch, Value position) {
  ArrayRef<int64_t> shape = position ? shapeOf(position.getType()) : ArrayRef<int64_t>();
  return shape.empty() ? success() : expectExtent(loc, what, batch, shape[0]);
}

LogicalResult expectLengths(StringRef name, std::optional<Location> loc, Type rows, Type lengths, size_t rank) {
  size_t found = shapeOf(lengths).size();
  if (shapeOf(rows).size() < rank || found != 1)
    return emitOptionalError(loc, name, ": takes lengths (B) of ", rank > 1 ? "sequences (B, T, ...)" : "rows (B, ...)",
                             ", found ranks ", found, " and ", shapeOf(rows).size());
  return expectExtent(loc, name + ", number of lengths", shapeOf(rows)[0], shapeOf(lengths)[0]);
}

RankedTensorType withShape(Type type, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, elementOf(type));
}

RankedTensorType sumsOf(RankedTensorType type) {
  bool isHalf = type.getElementType().isBF16() || type.getElementType().isF16();
  return isHalf ? type.clone(Float32Type::get(type.getContext())) : type;
}

RankedTensorType withElement(Type type, Type element) { return RankedTensorType::get(shapeOf(type), element); }

} // namespace tern
