// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Norm family: layer_norm, rms_norm, group_norm, batch_norm.

#include "dialects/tern/Attrs.h"
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
                                   SmallVectorImpl<ParameterDeclaration> &declarations, bool frozen = false) {
  Type type = op.getInput().getType();
  int64_t channels = shapeOf(type).back();
  if (ShapedType::isDynamic(channels))
    return op.emitOpError("'") << *op.getName() << "' does not know its size: the last dimension of " << type << " is dynamic";
  Builder b(op.getContext());
  declarations.push_back({(*op.getName() + suffix).str(), {b.getI64IntegerAttr(channels)}, elementOf(type),
                          InitAttr::get(op.getContext(), b.getStringAttr(init), b.getArrayAttr({})), frozen});
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

/// 1 / sqrt(mean(square) + eps) over dimensions, which are kept as 1.
static Value reciprocalDeviation(GradBuilder &g, Value centered, ArrayRef<int64_t> dims, double eps) {
  Value variance = g.mean(g.mul(centered, centered), dims, /*keepDims=*/true);
  return RsqrtOp::create(g.getBuilder(), g.getLoc(), g.shift(variance, eps));
}

namespace {
/// n = (x - mean(x)) r,  r = 1/sqrt(var(x) + eps), over dimensions.
struct Normalized {
  Normalized(GradBuilder &g, Value x, ArrayRef<int64_t> dims, double eps) : g(g), dims(dims) {
    Value centered = g.sub(x, g.mean(x, dims, /*keepDims=*/true));
    r = reciprocalDeviation(g, centered, dims, eps);
    n = g.mul(centered, r);
  }

  /// dx = r (dn - mean(dn) - n mean(n dn))
  Value gradient(Value dn) {
    Value direct = g.sub(dn, g.mean(dn, dims, true));
    Value projected = g.mul(n, g.mean(g.mul(n, dn), dims, true));
    return g.mul(r, g.sub(direct, projected));
  }

  GradBuilder &g;
  SmallVector<int64_t> dims;
  Value r, n;
};
} // namespace

// n = (x - mean(x)) r,  r = 1/sqrt(var(x) + eps),  y = n w + b
// dw = sum_rows dy n      db = sum_rows dy      dx = r (w dy - mean(w dy) - n mean(n w dy))
void LayerNormOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent();
  Normalized normalized(g, getInput(), {-1}, getEps().convertToDouble());
  if (g.wants(0))
    g.accumulate(0u, normalized.gradient(g.mul(dy, getWeight())));
  if (g.wants(1))
    g.accumulate(1u, g.mul(dy, normalized.n));
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
  Value r = reciprocalDeviation(g, x, {-1}, getEps().convertToDouble());
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

//===-- group_norm ---------------------------------------------------------------------------------------------------===//

LogicalResult GroupNormOp::verify() { return verifyNorm(*this, getWeight() && getBias()); }

LogicalResult GroupNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> shape = shapeOf(adaptor.getInput().getType());
  if (shape.size() < 2)
    return emitOptionalError(loc, "group_norm: takes (B, ..., C), found rank ", shape.size());
  std::optional<int64_t> groups = literalSize(adaptor.getGroups());
  bool splits = !groups || (*groups > 0 && (ShapedType::isDynamic(shape.back()) || shape.back() % *groups == 0));
  if (!splits)
    return emitOptionalError(loc, "group_norm: ", extentName(shape.back()), " channels do not split into ", *groups, " groups");
  return inferNorm(loc, adaptor.getInput(), adaptor.getWeight(), adaptor.getBias(), types);
}

SmallVector<int64_t> GroupNormOp::getGroupedShape() {
  ArrayRef<int64_t> shape = shapeOf(getInput().getType());
  int64_t groups = *literalSize(getGroups()), positions = ShapedType::getNumElements(shape.drop_front().drop_back());
  return {shape.front(), positions, groups, shape.back() / groups};
}

bool GroupNormOp::isModuleForm() { return getName().has_value(); }

LogicalResult GroupNormOp::declareParameters(SmallVectorImpl<ParameterDeclaration> &declarations) {
  return failure(failed(declareVector(*this, ".weight", "ones", declarations)) ||
                 failed(declareVector(*this, ".bias", "zeros", declarations)));
}

void GroupNormOp::setParameters(ValueRange parameters) {
  getWeightMutable().assign(parameters[0]);
  getBiasMutable().assign(parameters[1]);
  removeNameAttr();
}

// As of layer_norm, over the positions (1) and the channels (3) of a group: x as (B, positions, G, C/G), w as (G, C/G).
void GroupNormOp::buildGradient(GradBuilder &g) {
  SmallVector<int64_t> grouped = getGroupedShape(), channels{grouped[2], grouped[3]};
  Value dy = g.reshape(g.cotangent(), grouped);
  Normalized normalized(g, g.reshape(getInput(), grouped), {1, 3}, getEps().convertToDouble());
  if (g.wants(0)) {
    Value dx = normalized.gradient(g.mul(dy, g.reshape(getWeight(), channels)));
    g.accumulate(0u, g.reshape(dx, shapeOf(getType())));
  }
  if (g.wants(1))
    g.accumulate(1u, g.reshape(g.mul(dy, normalized.n), shapeOf(getType())));
  g.accumulate(2u, g.cotangent());
}

/// Means are over all positions.
LogicalResult GroupNormOp::followSequence(SequenceDims &) { return failure(); }

uint64_t GroupNormOp::getFlops() { return normFlops(getType(), 8); }

//===-- batch_norm ---------------------------------------------------------------------------------------------------===//

LogicalResult BatchNormOp::verify() {
  double momentum = getMomentum().convertToDouble();
  if (!(momentum >= 0.0 && momentum <= 1.0))
    return emitOpError("has a momentum of ") << momentum << ", expected one in [0, 1]";
  if (getTraining() && getName())
    return emitOpError("'") << *getName() << "' names its parameters; its form for training takes them";
  return verifyNorm(*this, getWeight() && getBias() && getMean() && getVariance());
}

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  Value input = adaptor.getInput(), mean = adaptor.getMean(), variance = adaptor.getVariance();
  ArrayRef<int64_t> shape = shapeOf(input.getType());
  if (shape.size() < 2)
    return emitOptionalError(loc, "batch_norm: takes (..., C), found rank ", shape.size());
  if (failed(expectChannelVector(loc, "size of the running mean", mean, shape.back())) ||
      failed(expectChannelVector(loc, "size of the running variance", variance, shape.back())) ||
      failed(inferNorm(loc, input, adaptor.getWeight(), adaptor.getBias(), types)))
    return failure();
  if (adaptor.getTraining() && mean && variance)
    types.append({mean.getType(), variance.getType()});
  return success();
}

bool BatchNormOp::isModuleForm() { return getName().has_value(); }

LogicalResult BatchNormOp::declareParameters(SmallVectorImpl<ParameterDeclaration> &declarations) {
  return failure(failed(declareVector(*this, ".weight", "ones", declarations)) ||
                 failed(declareVector(*this, ".bias", "zeros", declarations)) ||
                 failed(declareVector(*this, ".running_mean", "zeros", declarations, /*frozen=*/true)) ||
                 failed(declareVector(*this, ".running_var", "ones", declarations, /*frozen=*/true)));
}

void BatchNormOp::setParameters(ValueRange parameters) {
  getWeightMutable().assign(parameters[0]);
  getBiasMutable().assign(parameters[1]);
  getMeanMutable().assign(parameters[2]);
  getVarianceMutable().assign(parameters[3]);
  removeNameAttr();
}

SmallVector<std::pair<Value, Value>> BatchNormOp::getAverages() {
  SmallVector<std::pair<Value, Value>> averages;
  if (getTraining()) {
    averages.emplace_back(getMean(), getMoved()[0]);
    averages.emplace_back(getVariance(), getMoved()[1]);
  }
  return averages;
}

Operation *BatchNormOp::makeTraining(OpBuilder &b) {
  auto training = BatchNormOp::create(b, getLoc(), getInput(), getWeight(), getBias(), getMean(), getVariance(), getNameAttr(),
                                      getMomentumAttr(), getEpsAttr(), b.getUnitAttr());
  training->setDiscardableAttrs((*this)->getDiscardableAttrDictionary());
  getResult().replaceAllUsesWith(training.getResult());
  erase();
  return training;
}

// In training as of layer_norm, over the rows. Else n = (x - mean) r,  r = 1/sqrt(var + eps),  dx = r w dy
void BatchNormOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent(0), x = getInput();
  double eps = getEps().convertToDouble();
  auto rows = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(x.getType()).size() - 1));
  Value n, dx, scaled = g.mul(dy, getWeight());
  if (getTraining()) {
    Normalized normalized(g, x, rows, eps);
    n = normalized.n;
    dx = g.wants(0) ? normalized.gradient(scaled) : Value();
  } else {
    Value r = RsqrtOp::create(g.getBuilder(), g.getLoc(), g.shift(getVariance(), eps));
    n = g.mul(g.sub(x, getMean()), r);
    dx = g.mul(scaled, r);
  }
  if (g.wants(0))
    g.accumulate(0u, dx);
  if (g.wants(1))
    g.accumulate(1u, g.mul(dy, n));
  g.accumulate(2u, dy);
  for (unsigned average : {3u, 4u})
    if (g.wants(average))
      g.accumulate(average, g.zerosLike(getOperand(average)));
}

LogicalResult BatchNormOp::followSequence(SequenceDims &dims) {
  return getTraining() ? failure() : dims.followElementwise(*this);
}

uint64_t BatchNormOp::getFlops() { return normFlops(getResult().getType(), getTraining() ? 8 : 2); }

} // namespace tern
