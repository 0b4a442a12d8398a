// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optim family: accumulate, global_norm, clip_factor, adam, adamw, sgd, lion, ema. None of them is differentiated.

#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

//===-- accumulate ------------------------------------------------------------------------------------------------===//

LogicalResult AccumulateOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getOld().getType());
  return success();
}

uint64_t AccumulateOp::getFlops() { return elementCount(getType()); }

//===-- global_norm -----------------------------------------------------------------------------------------------===//

LogicalResult GlobalNormOp::verify() {
  for (Value input : getInputs())
    if (elementOf(input.getType()) != elementOf(getScale().getType()))
      return emitOpError("element types ")
             << elementOf(input.getType()) << " and " << elementOf(getScale().getType()) << " differ";
  return expectNumber(*this, getScale().getType(), "scale", getScale());
}

LogicalResult GlobalNormOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  types.push_back(RankedTensorType::get({}, elementOf(adaptor.getScale().getType())));
  return success();
}

uint64_t GlobalNormOp::getFlops() {
  uint64_t elements = 0;
  for (Type type : getInputs().getTypes())
    elements += elementCount(type);
  return 2 * elements;
}

//===-- clip_factor -----------------------------------------------------------------------------------------------===//

LogicalResult ClipFactorOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getNorm().getType());
  return success();
}

uint64_t ClipFactorOp::getFlops() { return 3 * elementCount(getType()); }

//===-- adam  -----------------------------------------------------------------------------------------------------===//

LogicalResult AdamOp::verify() {
  return expectNumber(*this, getParam().getType(), "learning_rate", getLearningRate());
}

LogicalResult AdamOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  types.assign(3, adaptor.getParam().getType());
  return success();
}

uint64_t AdamOp::getFlops() { return 16 * elementCount(getParam().getType()); }

//===-- adamw -----------------------------------------------------------------------------------------------------===//

LogicalResult AdamWOp::verify() {
  return expectNumber(*this, getParam().getType(), "learning_rate", getLearningRate());
}

LogicalResult AdamWOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  types.assign(3, adaptor.getParam().getType());
  return success();
}

uint64_t AdamWOp::getFlops() { return 15 * elementCount(getParam().getType()); }

//===-- sgd -------------------------------------------------------------------------------------------------------===//

LogicalResult SgdOp::verify() {
  return expectNumber(*this, getParam().getType(), "learning_rate", getLearningRate());
}

LogicalResult SgdOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  types.assign(2, adaptor.getParam().getType());
  return success();
}

uint64_t SgdOp::getFlops() { return 7 * elementCount(getParam().getType()); }

//===-- lion ------------------------------------------------------------------------------------------------------===//

LogicalResult LionOp::verify() { return expectNumber(*this, getParam().getType(), "learning_rate", getLearningRate()); }

LogicalResult LionOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  types.assign(2, adaptor.getParam().getType());
  return success();
}

uint64_t LionOp::getFlops() { return 11 * elementCount(getParam().getType()); }

//===-- ema -------------------------------------------------------------------------------------------------------===//

LogicalResult EmaOp::verify() { return expectNumber(*this, getType(), "decay", getDecay()); }

LogicalResult EmaOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getAverage().getType());
  return success();
}

uint64_t EmaOp::getFlops() { return 3 * elementCount(getType()); }

//===-- adafactor -------------------------------------------------------------------------------------------------===//

/// A moment has the parameter's shape without one dimension, counted from the end, or all of them.
static LogicalResult checkMoment(AdafactorOp op, StringRef name, Value moment, int64_t dropped) {
  SmallVector<int64_t> expected(shapeOf(op.getParam().getType()));
  if (dropped)
    expected.erase(expected.end() - dropped);
  RankedTensorType type = withShape(op.getParam().getType(), expected);
  if (moment.getType() == type)
    return success();
  return op.emitOpError(name) << " has type " << moment.getType() << ", expected " << type;
}

LogicalResult AdafactorOp::verify() {
  int64_t rank = shapeOf(getParam().getType()).size() - getStacked(), needed = getColumn() ? 2 : 0;
  if (rank < needed)
    return emitOpError("has a column moment, but the parameter of rank ") << rank << " is no matrix";
  if (failed(checkMoment(*this, "row", getRow(), getColumn() ? 1 : 0)) ||
      (getColumn() && failed(checkMoment(*this, "column", getColumn(), 2))))
    return failure();
  return expectNumber(*this, getParam().getType(), "learning_rate", getLearningRate());
}

LogicalResult AdafactorOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  types.assign({adaptor.getParam().getType(), adaptor.getRow().getType()});
  if (Value column = adaptor.getColumn())
    types.push_back(column.getType());
  return success();
}

uint64_t AdafactorOp::getFlops() { return 16 * elementCount(getParam().getType()); }

//===-- muon ------------------------------------------------------------------------------------------------------===//

LogicalResult MuonOp::verify() {
  size_t rank = shapeOf(getParam().getType()).size();
  if (rank != 2 && rank != 3)
    return emitOpError("has a parameter of rank ") << rank << ", expected a matrix or a stack of them";
  if (Type element = getElementTypeOrSelf(getParam().getType()); !element.isF32() && !element.isF64())
    return emitOpError("has a parameter of ") << element << ", expected f32 or f64";
  return expectNumber(*this, getParam().getType(), "learning_rate", getLearningRate());
}

LogicalResult MuonOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  types.assign(2, adaptor.getParam().getType());
  return success();
}

// Per iteration X X^T (n, n), its square and their product with X, where n is the smaller extent.
uint64_t MuonOp::getFlops() {
  Type type = getParam().getType();
  ArrayRef<int64_t> matrix = shapeOf(type).take_back(2);
  uint64_t small = std::max<int64_t>(0, std::min(matrix[0], matrix[1])), elements = elementCount(type);
  uint64_t large = std::max<int64_t>(1, std::max(matrix[0], matrix[1]));
  return iterations * (4 * elements * small + 2 * elements / large * small * small) + 16 * elements;
}

} // namespace tern
