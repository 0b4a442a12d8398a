// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op's buildGradient sees.

#include "dialects/tern/GradBuilder.h"

#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

GradBuilder::GradBuilder(OpBuilder &builder, Operation *op, ArrayRef<Value> cotangents, ArrayRef<bool> wanted)
    : builder(builder), op(op), cotangents(cotangents), wanted(wanted), results(op->getNumOperands()) {}

Value GradBuilder::cotangent(unsigned result) {
  if (!cotangents[result])
    cotangents[result] = zerosLike(op->getResult(result));
  return cotangents[result];
}

void GradBuilder::accumulate(unsigned operand, Value value) {
  if (!wanted[operand])
    return;
  value = sumTo(value, op->getOperand(operand).getType());
  results[operand] = results[operand] ? add(results[operand], value) : value;
}

void GradBuilder::accumulate(Value operand, Value value) {
  if (!operand)
    return;
  for (OpOperand &use : op->getOpOperands())
    if (use.get() == operand)
      return accumulate(use.getOperandNumber(), value);
}

Value GradBuilder::add(Value a, Value b) { return AddOp::create(builder, getLoc(), a, b); }
Value GradBuilder::sub(Value a, Value b) { return SubOp::create(builder, getLoc(), a, b); }
Value GradBuilder::mul(Value a, Value b) { return MulOp::create(builder, getLoc(), a, b); }
Value GradBuilder::div(Value a, Value b) { return DivOp::create(builder, getLoc(), a, b); }
Value GradBuilder::neg(Value a) { return NegOp::create(builder, getLoc(), a); }
Value GradBuilder::scale(Value a, double factor) { return factor == 1.0 ? a : mul(a, constant(factor, a)); }
Value GradBuilder::shift(Value a, double term) { return add(a, constant(term, a)); }

static Value splat(OpBuilder &b, Location loc, RankedTensorType type, double value) {
  auto element = cast<FloatType>(type.getElementType());
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, b.getFloatAttr(element, value).getValue()));
}

Value GradBuilder::constant(double value, Value like) {
  return splat(builder, getLoc(), RankedTensorType::get({}, elementOf(like.getType())), value);
}

Value GradBuilder::zerosLike(Value like) {
  return splat(builder, getLoc(), cast<RankedTensorType>(like.getType()), 0.0);
}

static SmallVector<int64_t> normalizedDims(ArrayRef<int64_t> dims, Value value) {
  return llvm::map_to_vector(dims, [&](int64_t dim) { return fromFront(dim, value); });
}

Value GradBuilder::sum(Value a, ArrayRef<int64_t> dims, bool keepDims) {
  return SumOp::create(builder, getLoc(), a, normalizedDims(dims, a), keepDims);
}

Value GradBuilder::mean(Value a, ArrayRef<int64_t> dims, bool keepDims) {
  return MeanOp::create(builder, getLoc(), a, normalizedDims(dims, a), keepDims);
}

Value GradBuilder::sumTo(Value a, Type type) {
  ArrayRef<int64_t> from = shapeOf(a.getType()), to = shapeOf(type);
  if (from == to)
    return a;
  if (from.size() < to.size()) // a rank-0 cotangent of a larger value
    return add(a, splat(builder, getLoc(), cast<RankedTensorType>(type), 0.0));
  size_t extra = from.size() - to.size();
  SmallVector<int64_t> dims;
  for (size_t dim = 0; dim < from.size(); ++dim)
    if (dim < extra || (to[dim - extra] == 1 && from[dim] != 1))
      dims.push_back(dim);
  Value summed = dims.empty() ? a : sum(a, dims, /*keepDims=*/true);
  if (shapeOf(summed.getType()) == to)
    return summed;
  if (extra == 0) // narrower than the operand in some dimension
    return add(summed, splat(builder, getLoc(), cast<RankedTensorType>(type), 0.0));
  return reshape(summed, to);
}

Value GradBuilder::reshape(Value a, ArrayRef<int64_t> shape) {
  return shapeOf(a.getType()) == shape ? a : ReshapeOp::create(builder, getLoc(), a, shape);
}

} // namespace tern
