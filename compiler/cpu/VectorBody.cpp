// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalar bodies on vectors: the same ops, with vector types.

#include "compiler/cpu/VectorBody.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tern::cpu;

Operation *tern::cpu::findScalarOnlyOp(Block &block) {
  for (Operation &op : block.without_terminator())
    if (!isa<linalg::IndexOp, arith::ConstantOp>(op) && !OpTrait::hasElementwiseMappableTraits(&op))
      return &op;
  return nullptr;
}

Value tern::cpu::spread(Emitter &emit, Value value, int64_t lanes) {
  if (isa<VectorType>(value.getType()))
    return value;
  auto type = VectorType::get({lanes}, value.getType());
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    return arith::ConstantOp::create(emit.b, emit.loc, DenseElementsAttr::get(type, Attribute(constant.getValue())));
  return vector::BroadcastOp::create(emit.b, emit.loc, type, value);
}

static Operation *cloneOnVectors(Emitter &emit, Operation &op, ValueRange operands, int64_t lanes) {
  OperationState state(emit.loc, op.getName());
  state.addOperands(operands);
  for (Type type : op.getResultTypes())
    state.addTypes(VectorType::get({lanes}, type));
  state.addAttributes(op.getDiscardableAttrDictionary().getValue());
  if (op.getPropertiesStorageSize())
    state.propertiesAttr = op.getPropertiesAsAttribute();
  return emit.b.create(state);
}

SmallVector<Value> tern::cpu::cloneVectorBody(Emitter &emit, Block &block, ValueRange arguments, int64_t lanes,
                                              function_ref<Value(Operation *)> special) {
  IRMapping mapping;
  auto lookup = [&](Value value) { return spread(emit, mapping.lookupOrDefault(value), lanes); };
  mapping.map(block.getArguments(), arguments);
  for (Operation &op : block.without_terminator()) {
    if (Value value = special ? special(&op) : Value()) {
      mapping.map(op.getResult(0), value);
      continue;
    }
    if (isa<arith::ConstantOp>(op)) {
      mapping.map(op.getResult(0), emit.b.clone(op)->getResult(0));
      continue;
    }
    SmallVector<Value> operands = llvm::map_to_vector(op.getOperands(), lookup);
    mapping.map(op.getResults(), cloneOnVectors(emit, op, operands, lanes)->getResults());
  }
  return llvm::map_to_vector(block.getTerminator()->getOperands(), lookup);
}
