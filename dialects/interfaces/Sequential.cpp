// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where sequences lie in values, and the generated half of the Sequential interface.

#include "dialects/interfaces/Sequential.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tern {

static ArrayRef<int64_t> shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

std::optional<int64_t> SequenceDims::of(Value value) const {
  auto found = dims.find(value);
  return found == dims.end() ? std::nullopt : std::optional(found->second);
}

void SequenceDims::set(Value value, std::optional<int64_t> dim) {
  if (dim)
    dims[value] = *dim;
  else
    dims.erase(value);
}

LogicalResult SequenceDims::followElementwise(Operation *op) {
  // Counted from the end, where shapes are aligned.
  std::optional<int64_t> fromEnd;
  for (Value operand : op->getOperands()) {
    std::optional<int64_t> dim = of(operand);
    if (!dim)
      continue;
    int64_t own = static_cast<int64_t>(shapeOf(operand).size()) - *dim;
    if (fromEnd && *fromEnd != own)
      return failure();
    fromEnd = own;
  }
  if (!fromEnd)
    return success();
  // An operand that is not computed from the sequence may not have one element per position.
  for (Value operand : op->getOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    bool reaches = type && !of(operand) && type.getRank() >= *fromEnd;
    if (reaches && type.getShape()[type.getRank() - *fromEnd] != 1)
      return failure();
  }
  for (Value result : op->getResults())
    set(result, static_cast<int64_t>(shapeOf(result).size()) - *fromEnd);
  return success();
}

LogicalResult SequenceDims::followRows(Operation *op, Value input, int64_t kept) {
  for (Value operand : op->getOperands())
    if (operand != input && of(operand))
      return failure();
  std::optional<int64_t> dim = of(input);
  if (!dim)
    return success();
  if (*dim >= static_cast<int64_t>(shapeOf(input).size()) - kept)
    return failure();
  for (Value result : op->getResults())
    set(result, dim);
  return success();
}

LogicalResult SequenceDims::followReshape(Value input, Value result) {
  std::optional<int64_t> dim = of(input);
  if (!dim)
    return success();
  // In row-major order the sequence is where it was: so many elements lie between two positions.
  auto distanceOf = [](ArrayRef<int64_t> shape, size_t dim) {
    int64_t distance = 1;
    for (int64_t extent : shape.drop_front(dim + 1))
      distance *= extent;
    return distance;
  };
  int64_t distance = distanceOf(shapeOf(input), *dim);
  for (size_t candidate = 0; candidate < shapeOf(result).size(); ++candidate)
    if (shapeOf(result)[candidate] % tokens == 0 && distanceOf(shapeOf(result), candidate) == distance) {
      set(result, candidate);
      return success();
    }
  return failure();
}

SmallVector<int64_t> SequenceDims::resized(Value value, int64_t length) const {
  SmallVector<int64_t> shape(shapeOf(value));
  if (std::optional<int64_t> dim = of(value))
    shape[*dim] = shape[*dim] / tokens * length;
  return shape;
}

} // namespace tern

#include "dialects/interfaces/Sequential.cpp.inc"
