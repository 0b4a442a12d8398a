// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape family: how its ops follow a sequence, and what changes in their attributes when it gets another length.

#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

/// Sizes in an attribute, of which the one along the sequence becomes that of `length` tokens.
static DenseI64ArrayAttr resizedSizes(const SequenceDims &dims, Value value, DenseI64ArrayAttr sizes, int64_t length) {
  std::optional<int64_t> dim = dims.of(value);
  SmallVector<int64_t> changed(sizes.asArrayRef());
  if (dim && changed[*dim] > 0)
    changed[*dim] = dims.resized(value, length)[*dim];
  return DenseI64ArrayAttr::get(sizes.getContext(), changed);
}

//===-- reshape ---------------------------------------------------------------------------------------------------===//

LogicalResult ReshapeOp::followSequence(SequenceDims &dims) { return dims.followReshape(getInput(), getResult()); }

/// All extents are written down: what 0 copies, or -1 takes, may be another one now.
void ReshapeOp::resizeSequence(const SequenceDims &dims, int64_t length) { setShape(dims.resized(getResult(), length)); }

//===-- transpose -------------------------------------------------------------------------------------------------===//

LogicalResult TransposeOp::followSequence(SequenceDims &dims) {
  const int64_t *place = llvm::find(getPermutation(), dims.of(getInput()).value());
  dims.set(getResult(), place - getPermutation().begin());
  return success();
}

void TransposeOp::resizeSequence(const SequenceDims &, int64_t) {}

//===-- split -----------------------------------------------------------------------------------------------------===//

LogicalResult SplitOp::followSequence(SequenceDims &dims) {
  std::optional<int64_t> dim = dims.of(getInput());
  if (dim == getAxis())
    return failure();
  for (Value part : getResults())
    dims.set(part, dim);
  return success();
}

//===-- concat ----------------------------------------------------------------------------------------------------===//

/// Parts that are the same at all positions would have to be repeated.
LogicalResult ConcatOp::followSequence(SequenceDims &dims) {
  std::optional<int64_t> dim = dims.of(getInputs().front());
  bool isCommon = llvm::all_of(getInputs(), [&](Value input) { return dims.of(input) == dim; });
  if (!isCommon || dim == getAxis())
    return failure();
  dims.set(getResult(), dim);
  return success();
}

void ConcatOp::resizeSequence(const SequenceDims &, int64_t) {}

//===-- slice -----------------------------------------------------------------------------------------------------===//

/// All positions in their order, or other dimensions only.
LogicalResult SliceOp::followSequence(SequenceDims &dims) {
  int64_t dim = dims.of(getInput()).value();
  if (shapeOf(getType())[dim] != shapeOf(getInput().getType())[dim])
    return failure();
  dims.set(getResult(), dim);
  return success();
}

void SliceOp::resizeSequence(const SequenceDims &dims, int64_t length) {
  setSizesAttr(resizedSizes(dims, getResult(), getSizesAttr(), length));
}

//===-- pad_slice -------------------------------------------------------------------------------------------------===//

LogicalResult PadSliceOp::followSequence(SequenceDims &dims) {
  int64_t dim = dims.of(getInput()).value();
  if (shapeOf(getType())[dim] != shapeOf(getInput().getType())[dim])
    return failure();
  dims.set(getResult(), dim);
  return success();
}

void PadSliceOp::resizeSequence(const SequenceDims &dims, int64_t length) {
  setShapeAttr(resizedSizes(dims, getResult(), getShapeAttr(), length));
}

//===-- broadcast -------------------------------------------------------------------------------------------------===//

LogicalResult BroadcastOp::followSequence(SequenceDims &dims) { return dims.followElementwise(*this); }

void BroadcastOp::resizeSequence(const SequenceDims &dims, int64_t length) {
  setShapeAttr(resizedSizes(dims, getResult(), getShapeAttr(), length));
}

} // namespace tern
