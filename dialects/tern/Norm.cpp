// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Norm family: layer_norm, rms_norm.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

static LogicalResult expectChannelVector(std::optional<Location> loc, StringRef what, Value vector, int64_t channels) {
  if (!vector)
    return success();
  ArrayRef<int64_t> shape = shapeOf(vector.getType());
  if (shape.size() != 1)
    return emitOptionalError(loc, what, " has rank ", shape.size(), ", expected 1");
  return expectExtent(loc, what, channels, shape[0]);
}

static LogicalResult inferNorm(std::optional<Location> loc, Value input, Value weight, Value bias,
                               SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> shape = shapeOf(input.getType());
  if (shape.empty())
    return emitOptionalError(loc, "normalisation takes an input of rank 1 or more");
  if (failed(expectChannelVector(loc, "size of the weight", weight, shape.back())) ||
      failed(expectChannelVector(loc, "size of the bias", bias, shape.back())))
    return failure();
  types.push_back(input.getType());
  return success();
}

template <typename Op> static LogicalResult verifyNorm(Op op, bool complete) {
  if (!op.getName() && !complete)
    return op.emitOpError("needs its parameters as operands, or a name to declare them");
  if (op.getName() && op.getWeight())
    return op.emitOpError("'") << *op.getName() << "' has operands; a name belongs to the module form";
  return success();
}

template <typename Op>
static LogicalResult declareVector(Op op, StringRef suffix, StringRef init,
                                   SmallVectorImpl<ParameterDeclaration> &declarations) {
  Type type = op.getInput().getType();
  int64_t channels = shapeOf(type).back();
  if (ShapedType::isDynamic(channels))
    return op.emitOpError("'") << *op.getName() << "' does not know its size: the last dimension of " << type << " is dynamic";
  Builder b(op.getContext());
  declarations.push_back({(*op.getName() + suffix).str(), {b.getI64IntegerAttr(channels)}, elementOf(type),
                          InitAttr::get(op.getContext(), b.getStringAttr(init), b.getArrayAttr({}))});
  return success();
}

static uint64_t normFlops(Type type, uint64_t perElement) {
  ArrayRef<int64_t> shape = shapeOf(type);
  return ShapedType::isDynamicShape(shape) ? 0 : perElement * ShapedType::getNumElements(shape);
}

//===-- layer_norm ---------------------------------------------------------------------------------------------------===//

LogicalResult LayerNormOp::verify() { return verifyNorm(*this, getWeight() && getBias()); }

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  return inferNorm(loc, adaptor.getInput(), adaptor.getWeight(), adaptor.getBias(), types);
}

bool LayerNormOp::isModuleForm() { return getName().has_value(); }

LogicalResult LayerNormOp::declareParameters(SmallVectorImpl<ParameterDeclaration> &declarations) {
  return failure(failed(declareVector(*this, ".weight", "ones", declarations)) ||
                 failed(declareVector(*this, ".bias", "zeros", declarations)));
}

void LayerNormOp::setParameters(ValueRange parameters) {
  getWeightMutable().assign(parameters[0]);
  getBiasMutable().assign(parameters[1]);
  removeNameAttr();
}

LogicalResult LayerNormOp::followSequence(SequenceDims &dims) { return dims.followRows(*this, getInput()); }

/// 1 / sqrt(mean(square) + eps), keeping the last dimension as 1.
static Value reciprocalDeviation(GradBuilder &g, Value centered, double eps) {
  Value variance = g.mean(g.mul(centered, centered), {-1}, /*keepDims=*/true);
  return RsqrtOp::create(g.getBuilder(), g.getLoc(), g.shift(variance, eps));
}

// n = (x - mean(x)) r,  r = 1/sqrt(var(x) + eps),  y = n w + b
// dw = sum_rows dy n      db = sum_rows dy      dx = r (w dy - mean(w dy) - n mean(n w dy))
void LayerNormOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent(), x = getInput();
  Value centered = g.sub(x, g.mean(x, {-1}, /*keepDims=*/true));
  Value r = reciprocalDeviation(g, centered, getEps().convertToDouble());
  Value n = g.mul(centered, r);
  if (g.wants(0)) {
    Value wdy = g.mul(dy, getWeight());
    Value direct = g.sub(wdy, g.mean(wdy, {-1}, true));
    Value projected = g.mul(n, g.mean(g.mul(n, wdy), {-1}, true));
    g.accumulate(0u, g.mul(r, g.sub(direct, projected)));
  }
  if (g.wants(1))
    g.accumulate(1u, g.mul(dy, n));
  g.accumulate(2u, dy);
}

uint64_t LayerNormOp::getFlops() { return normFlops(getType(), 8); }

//===-- rms_norm -----------------------------------------------------------------------------------------------------===//

LogicalResult RMSNormOp::verify() { return verifyNorm(*this, static_cast<bool>(getWeight())); }

LogicalResult RMSNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferNorm(loc, adaptor.getInput(), adaptor.getWeight(), Value(), types);
}

bool RMSNormOp::isModuleForm() { return getName().has_value(); }

LogicalResult RMSNormOp::declareParameters(SmallVectorImpl<ParameterDeclaration> &declarations) {
  return declareVector(*this, ".weight", "ones", declarations);
}

void RMSNormOp::setParameters(ValueRange parameters) {
  getWeightMutable().assign(parameters[0]);
  removeNameAttr();
}

LogicalResult RMSNormOp::followSequence(SequenceDims &dims) { return dims.followRows(*this, getInput()); }

// y = x r w,  r = 1/sqrt(mean(x^2) + eps)
// dw = sum_rows dy x r      dx = r (w dy) - x r^3 mean(x w dy)
void RMSNormOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent(), x = getInput();
  Value r = reciprocalDeviation(g, x, getEps().convertToDouble());
  Value n = g.mul(x, r);
  if (g.wants(0)) {
    Value wdy = g.mul(dy, getWeight());
    Value projected = g.mul(n, g.mean(g.mul(n, wdy), {-1}, true));
    g.accumulate(0u, g.mul(r, g.sub(wdy, projected)));
  }
  if (g.wants(1))
    g.accumulate(1u, g.mul(dy, n));
}

uint64_t RMSNormOp::getFlops() { return normFlops(getType(), 5); }

} // namespace tern
