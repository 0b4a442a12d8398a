// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gated family: swiglu, geglu.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

static LogicalResult inferGated(StringRef name, std::optional<Location> loc, ValueRange inputs,
                                SmallVectorImpl<Type> &types) {
  if (inputs.empty() || inputs.size() > 2)
    return emitOptionalError(loc, name, ": takes gate and up, or both packed in one operand; found ", inputs.size(),
                             " operands");
  Type first = inputs[0].getType();
  SmallVector<int64_t> shape(shapeOf(first));
  if (inputs.size() == 2 && inputs[1].getType() != first)
    return emitOptionalError(loc, name, ": the gate is ", first, ", but what it opens is ", inputs[1].getType());
  if (inputs.size() == 1) {
    if (shape.empty() || (!ShapedType::isDynamic(shape.back()) && shape.back() % 2 != 0))
      return emitOptionalError(loc, name, ": the last dimension of ", first, " does not split into gate and up");
    shape.back() = ShapedType::isDynamic(shape.back()) ? ShapedType::kDynamic : shape.back() / 2;
  }
  types.push_back(withShape(first, shape));
  return success();
}

static SmallVector<Value> unpackGated(OpBuilder &b, Location loc, ValueRange inputs, int64_t half) {
  if (inputs.size() == 2)
    return inputs;
  int64_t last = static_cast<int64_t>(shapeOf(inputs[0].getType()).size()) - 1;
  return SplitOp::create(b, loc, inputs[0], last, ArrayRef<int64_t>{half, half}).getResults();
}

// y = f(gate) up      dgate = f'(gate) dy up      dup = dy f(gate)
template <typename Op>
static void buildGatedGradient(Op op, GradBuilder &g, llvm::function_ref<Value(Value gate, Value cotangent)> slope) {
  OpBuilder &b = g.getBuilder();
  SmallVector<Value> parts = op.unpack(b);
  Value dy = g.cotangent(), gate = parts[0], up = parts[1];
  Value dgate = slope(gate, g.mul(dy, up)), dup = g.mul(dy, op.activate(b, gate));
  if (op.getInputs().size() == 2) {
    g.accumulate(0u, dgate);
    g.accumulate(1u, dup);
    return;
  }
  int64_t last = static_cast<int64_t>(shapeOf(dy.getType()).size()) - 1;
  g.accumulate(0u, ConcatOp::create(b, g.getLoc(), ValueRange{dgate, dup}, last));
}

//===-- swiglu ----------------------------------------------------------------------------------------------------===//

LogicalResult SwigluOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  return inferGated("swiglu", loc, adaptor.getInputs(), types);
}

/// Rows are worked on whole where they are packed.
static LogicalResult followGated(Operation *op, SequenceDims &dims) {
  return op->getNumOperands() == 1 ? dims.followRows(op, op->getOperand(0)) : dims.followElementwise(op);
}

LogicalResult SwigluOp::followSequence(SequenceDims &dims) { return followGated(*this, dims); }
LogicalResult GegluOp::followSequence(SequenceDims &dims) { return followGated(*this, dims); }

SmallVector<Value> SwigluOp::unpack(OpBuilder &b) {
  return unpackGated(b, getLoc(), getInputs(), shapeOf(getType()).back());
}

Value SwigluOp::activate(OpBuilder &b, Value gate) { return SiluOp::create(b, getLoc(), gate); }

void SwigluOp::buildGradient(GradBuilder &g) {
  buildGatedGradient(*this, g, [&](Value gate, Value cotangent) -> Value {
    return SiluGradOp::create(g.getBuilder(), g.getLoc(), gate, cotangent);
  });
}

//===-- geglu -----------------------------------------------------------------------------------------------------===//

LogicalResult GegluOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  return inferGated("geglu", loc, adaptor.getInputs(), types);
}

SmallVector<Value> GegluOp::unpack(OpBuilder &b) {
  return unpackGated(b, getLoc(), getInputs(), shapeOf(getType()).back());
}

Value GegluOp::activate(OpBuilder &b, Value gate) { return GeluOp::create(b, getLoc(), gate, getApproximate()); }

void GegluOp::buildGradient(GradBuilder &g) {
  buildGatedGradient(*this, g, [&](Value gate, Value cotangent) -> Value {
    return GeluGradOp::create(g.getBuilder(), g.getLoc(), gate, cotangent, getApproximate());
  });
}

} // namespace tern
