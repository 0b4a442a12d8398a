// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optim family: accumulate, global_norm, clip_factor, adamw, sgd. None of them is differentiated.

#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

/// Every named operand is a number: rank 0, with the element type of `like`.
static LogicalResult checkScalars(Operation *op, Type like,
                                  std::initializer_list<std::pair<StringRef, Value>> operands) {
  for (auto [name, operand] : operands) {
    if (!shapeOf(operand.getType()).empty())
      return op->emitOpError(name) << " has rank " << shapeOf(operand.getType()).size() << ", expected 0";
    if (elementOf(operand.getType()) != elementOf(like))
      return op->emitOpError(name) << " has element type " << elementOf(operand.getType()) << ", expected "
                                   << elementOf(like);
  }
  return success();
}

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
  return checkScalars(*this, getScale().getType(), {{"scale", getScale()}});
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

//===-- adamw -----------------------------------------------------------------------------------------------------===//

LogicalResult AdamWOp::verify() {
  return checkScalars(*this, getParam().getType(), {{"learning_rate", getLearningRate()}});
}

LogicalResult AdamWOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  types.assign(3, adaptor.getParam().getType());
  return success();
}

uint64_t AdamWOp::getFlops() { return 15 * elementCount(getParam().getType()); }

//===-- sgd -------------------------------------------------------------------------------------------------------===//

LogicalResult SgdOp::verify() {
  return checkScalars(*this, getParam().getType(), {{"learning_rate", getLearningRate()}});
}

LogicalResult SgdOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  types.assign(2, adaptor.getParam().getType());
  return success();
}

uint64_t SgdOp::getFlops() { return 7 * elementCount(getParam().getType()); }

} // namespace tern
