// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loss family: mse, binary_cross_entropy, huber, kl_div, cross_entropy, nll, linear_cross_entropy.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace tern {

static RankedTensorType scalarOf(Type type) { return RankedTensorType::get({}, elementOf(type)); }

//===-- pairs of prediction and label -----------------------------------------------------------------------------===//

static LogicalResult inferPairLoss(StringRef name, std::optional<Location> loc, Type prediction, Type label,
                                   SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> p = shapeOf(prediction), y = shapeOf(label);
  if (p.size() != y.size() || elementOf(prediction) != elementOf(label))
    return emitOptionalError(loc, name, ": ", prediction, " and ", label, " differ in rank or element type");
  for (size_t dim = 0; dim < p.size(); ++dim)
    if (failed(expectExtent(loc, name + ", dimension " + Twine(dim) + " of the label", p[dim], y[dim])))
      return failure();
  types.push_back(scalarOf(prediction));
  return success();
}

//===-- mse -------------------------------------------------------------------------------------------------------===//

LogicalResult MseOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferPairLoss("mse", loc, adaptor.getPrediction().getType(), adaptor.getLabel().getType(), types);
}

// loss = mean((p - y)^2)      dp = d_loss 2/n (p - y)      dy = -dp
void MseOp::buildGradient(GradBuilder &g) {
  Value each = g.scale(g.cotangent(), 2.0 / elementCount(getPrediction().getType()));
  Value dp = g.mul(g.sub(getPrediction(), getLabel()), each);
  g.accumulate(0u, dp);
  if (g.wants(1))
    g.accumulate(1u, g.neg(dp));
}

uint64_t MseOp::getFlops() { return 3 * elementCount(getPrediction().getType()); }

//===-- binary_cross_entropy --------------------------------------------------------------------------------------===//

LogicalResult BinaryCrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                     SmallVectorImpl<Type> &types) {
  return inferPairLoss("binary_cross_entropy", loc, adaptor.getPrediction().getType(), adaptor.getLabel().getType(),
                       types);
}

// dp = d_loss/n (p - y) / max(p (1 - p), 1e-12)      dy = d_loss/n (max(ln(1 - p), -100) - max(ln p, -100))
void BinaryCrossEntropyOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  Location loc = g.getLoc();
  Value p = getPrediction(), each = g.scale(g.cotangent(), 1.0 / elementCount(p.getType()));
  Value rest = g.sub(g.constant(1.0, p), p);
  if (g.wants(0)) {
    Value spread = MaximumOp::create(b, loc, g.mul(p, rest), g.constant(1e-12, p));
    g.accumulate(0u, g.mul(g.div(g.sub(p, getLabel()), spread), each));
  }
  if (g.wants(1)) {
    auto boundedLog = [&](Value x) {
      return MaximumOp::create(b, loc, LogOp::create(b, loc, x), g.constant(-100.0, x));
    };
    g.accumulate(1u, g.mul(g.sub(boundedLog(rest), boundedLog(p)), each));
  }
}

uint64_t BinaryCrossEntropyOp::getFlops() { return 7 * elementCount(getPrediction().getType()); }

//===-- huber -----------------------------------------------------------------------------------------------------===//

LogicalResult HuberOp::verify() {
  if (getDelta().convertToDouble() > 0.0)
    return success();
  return emitOpError("has a delta of ") << getDelta().convertToDouble() << ", expected one above zero";
}

LogicalResult HuberOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  return inferPairLoss("huber", loc, adaptor.getPrediction().getType(), adaptor.getLabel().getType(), types);
}

// d = p - y      dp = d_loss/n min(max(d, -delta), delta)      dy = -dp
void HuberOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  Value difference = g.sub(getPrediction(), getLabel());
  double delta = getDelta().convertToDouble();
  Value above = MaximumOp::create(b, g.getLoc(), difference, g.constant(-delta, difference));
  Value bounded = MinimumOp::create(b, g.getLoc(), above, g.constant(delta, difference));
  Value dp = g.mul(bounded, g.scale(g.cotangent(), 1.0 / elementCount(getPrediction().getType())));
  g.accumulate(0u, dp);
  if (g.wants(1))
    g.accumulate(1u, g.neg(dp));
}

uint64_t HuberOp::getFlops() { return 5 * elementCount(getPrediction().getType()); }

//===-- kl_div ----------------------------------------------------------------------------------------------------===//

LogicalResult KlDivOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  if (shapeOf(adaptor.getPrediction().getType()).empty())
    return emitOptionalError(loc, "kl_div: takes rows of probabilities, found rank 0");
  return inferPairLoss("kl_div", loc, adaptor.getPrediction().getType(), adaptor.getLabel().getType(), types);
}

// dq = -d_loss/rows p      dp = d_loss/rows (ln p + 1 - q), 0 where p is
void KlDivOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  Value q = getPrediction(), p = getLabel();
  double rows = ShapedType::getNumElements(shapeOf(q.getType()).drop_back());
  Value each = g.scale(g.cotangent(), 1.0 / rows);
  if (g.wants(0))
    g.accumulate(0u, g.neg(g.mul(p, each)));
  if (g.wants(1)) {
    Value slope = g.shift(g.sub(LogOp::create(b, g.getLoc(), p), q), 1.0), zero = g.constant(0.0, p);
    Value possible = GreaterOp::create(b, g.getLoc(), p, zero);
    g.accumulate(1u, g.mul(WhereOp::create(b, g.getLoc(), possible, slope, zero), each));
  }
}

uint64_t KlDivOp::getFlops() { return 4 * elementCount(getPrediction().getType()); }

//===-- classes ---------------------------------------------------------------------------------------------------===//

/// Scores (..., V) against targets (...).
static LogicalResult checkTargets(StringRef name, std::optional<Location> loc, Type scores, Type targets) {
  ArrayRef<int64_t> s = shapeOf(scores), t = shapeOf(targets);
  if (s.size() != t.size() + 1)
    return emitOptionalError(loc, name, ": targets of rank ", t.size(), " for a tensor of rank ", s.size(),
                             ", expected rank ", static_cast<int64_t>(s.size()) - 1);
  for (size_t dim = 0; dim < t.size(); ++dim)
    if (failed(expectExtent(loc, name + ", dimension " + Twine(dim) + " of the targets", s[dim], t[dim])))
      return failure();
  return success();
}

/// An absent attribute is its default, 0.
static LogicalResult checkSmoothing(StringRef name, std::optional<Location> loc, FloatAttr smoothing) {
  double value = smoothing ? smoothing.getValueAsDouble() : 0.0;
  if (value >= 0.0 && value <= 1.0)
    return success();
  return emitOptionalError(loc, name, ": a label smoothing of ", value, ", expected one in [0, 1]");
}

static LogicalResult checkCotangent(StringRef name, std::optional<Location> loc, Type cotangent) {
  if (shapeOf(cotangent).empty())
    return success();
  return emitOptionalError(loc, name, ": the loss's cotangent has rank ", shapeOf(cotangent).size(), ", expected 0");
}

//===-- cross_entropy ---------------------------------------------------------------------------------------------===//

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  types.push_back(scalarOf(adaptor.getLogits().getType()));
  if (failed(checkSmoothing("cross_entropy", loc, adaptor.getLabelSmoothingAttr())))
    return failure();
  return checkTargets("cross_entropy", loc, adaptor.getLogits().getType(), adaptor.getTargets().getType());
}

// d_logits = d_loss / (number of targets kept) (softmax(logits) - (1 - e) onehot(target) - e/V)
void CrossEntropyOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, CrossEntropyGradOp::create(g.getBuilder(), g.getLoc(), getLogits(), getTargets(), g.cotangent(),
                                              getIgnoreIndexAttr(), getLabelSmoothingAttr()));
}

uint64_t CrossEntropyOp::getFlops() { return 4 * elementCount(getLogits().getType()); }

//===-- cross_entropy_grad ----------------------------------------------------------------------------------------===//

LogicalResult CrossEntropyGradOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                   SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getLogits().getType());
  if (failed(checkCotangent("cross_entropy_grad", loc, adaptor.getCotangent().getType())) ||
      failed(checkSmoothing("cross_entropy_grad", loc, adaptor.getLabelSmoothingAttr())))
    return failure();
  return checkTargets("cross_entropy_grad", loc, adaptor.getLogits().getType(), adaptor.getTargets().getType());
}

uint64_t CrossEntropyGradOp::getFlops() { return 7 * elementCount(getLogits().getType()); }

//===-- nll -------------------------------------------------------------------------------------------------------===//

LogicalResult NllOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  types.push_back(scalarOf(adaptor.getInput().getType()));
  return checkTargets("nll", loc, adaptor.getInput().getType(), adaptor.getTargets().getType());
}

// d_x = -d_loss / (number of targets kept) onehot(target)
void NllOp::buildGradient(GradBuilder &g) {
  int64_t classes = shapeOf(getInput().getType()).back();
  g.accumulate(0u,
               NllGradOp::create(g.getBuilder(), g.getLoc(), getTargets(), g.cotangent(), classes, getIgnoreIndex()));
}

uint64_t NllOp::getFlops() { return elementCount(getTargets().getType()); }

//===-- nll_grad --------------------------------------------------------------------------------------------------===//

LogicalResult NllGradOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(shapeOf(adaptor.getTargets().getType()));
  shape.push_back(adaptor.getClasses());
  types.push_back(withShape(adaptor.getCotangent().getType(), shape));
  return checkCotangent("nll_grad", loc, adaptor.getCotangent().getType());
}

uint64_t NllGradOp::getFlops() { return elementCount(getTargets().getType()); }

//===-- linear_cross_entropy --------------------------------------------------------------------------------------===//

static LogicalResult checkLinear(StringRef name, std::optional<Location> loc, Type input, Type weight, Type targets) {
  ArrayRef<int64_t> x = shapeOf(input), w = shapeOf(weight);
  if (x.empty() || w.size() != 2 || elementOf(input) != elementOf(weight))
    return emitOptionalError(loc, name, ": takes x (..., C) and a weight (V, C) of one element type, found ", input,
                             " and ", weight);
  if (failed(expectExtent(loc, name + ", channels of the weight", x.back(), w[1])))
    return failure();
  return checkTargets(name, loc, input, targets);
}

/// Floating-point operations of `products` products x W^T.
static uint64_t linearFlops(Value input, Value weight, uint64_t products) {
  uint64_t rows = elementCount(input.getType()) / std::max<int64_t>(1, shapeOf(input.getType()).back());
  return rows * (2 * products * elementCount(weight.getType()) + 4 * shapeOf(weight.getType())[0]);
}

LogicalResult LinearCrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                     SmallVectorImpl<Type> &types) {
  types.push_back(sumsOf(scalarOf(adaptor.getInput().getType())));
  if (failed(checkSmoothing("linear_cross_entropy", loc, adaptor.getLabelSmoothingAttr())))
    return failure();
  return checkLinear("linear_cross_entropy", loc, adaptor.getInput().getType(), adaptor.getWeight().getType(),
                     adaptor.getTargets().getType());
}

// With d_logits as for cross_entropy      dx = d_logits W      dW = d_logits^T x
void LinearCrossEntropyOp::buildGradient(GradBuilder &g) {
  auto grad = LinearCrossEntropyGradOp::create(g.getBuilder(), g.getLoc(), getInput(), getWeight(), getTargets(),
                                               g.cotangent(), /*onto=*/Value(), /*flag=*/Value(), getIgnoreIndexAttr(),
                                               getLabelSmoothingAttr());
  g.accumulate(0u, grad.getDinput());
  g.accumulate(1u, grad.getDweight());
}

SmallVector<OpOperand *> LinearCrossEntropyOp::getFactors() { return {&getInputMutable(), &getWeightMutable()}; }

uint64_t LinearCrossEntropyOp::getFlops() { return linearFlops(getInput(), getWeight(), 1); }

//===-- linear_cross_entropy_grad ---------------------------------------------------------------------------------===//

LogicalResult LinearCrossEntropyGradOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                         SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType(), weight = adaptor.getWeight().getType();
  auto sums = [](Type type) -> Type { return sumsOf(cast<RankedTensorType>(type)); };
  types.append({sums(scalarOf(input)), sums(input), sums(weight)});
  if (static_cast<bool>(adaptor.getOnto()) != static_cast<bool>(adaptor.getFlag()))
    return emitOptionalError(loc, "linear_cross_entropy_grad: `onto` takes a tensor and a flag");
  if (adaptor.getOnto() && adaptor.getOnto().getType() != sums(weight))
    return emitOptionalError(loc, "linear_cross_entropy_grad: onto has type ", adaptor.getOnto().getType(),
                             ", expected the weight's ", sums(weight));
  if (failed(checkCotangent("linear_cross_entropy_grad", loc, adaptor.getCotangent().getType())) ||
      failed(checkSmoothing("linear_cross_entropy_grad", loc, adaptor.getLabelSmoothingAttr())))
    return failure();
  return checkLinear("linear_cross_entropy_grad", loc, input, weight, adaptor.getTargets().getType());
}

/// The loss op that computes what `grad` computes on the way, when nobody needs its result before `grad`.
static LinearCrossEntropyOp sameLossBefore(LinearCrossEntropyGradOp grad) {
  for (Operation *user : grad.getTargets().getUsers()) {
    auto loss = dyn_cast<LinearCrossEntropyOp>(user);
    if (!loss || loss->getBlock() != grad->getBlock() || loss.getIgnoreIndex() != grad.getIgnoreIndex() ||
        loss.getLabelSmoothing() != grad.getLabelSmoothing() ||
        loss.getInput() != grad.getInput() || loss.getWeight() != grad.getWeight())
      continue;
    bool usedLater = llvm::all_of(loss->getUsers(), [&](Operation *consumer) {
      Operation *inBlock = grad->getBlock()->findAncestorOpInBlock(*consumer);
      return inBlock && grad->isBeforeInBlock(inBlock);
    });
    if (usedLater)
      return loss;
  }
  return {};
}

LogicalResult LinearCrossEntropyGradOp::canonicalize(LinearCrossEntropyGradOp op, PatternRewriter &rewriter) {
  LinearCrossEntropyOp loss = sameLossBefore(op);
  if (!loss)
    return rewriter.notifyMatchFailure(op, "no loss of the same operands that could be taken from here");
  rewriter.replaceOp(loss, op.getLoss());
  return success();
}

SmallVector<OpOperand *> LinearCrossEntropyGradOp::getFactors() { return {&getInputMutable(), &getWeightMutable()}; }

uint64_t LinearCrossEntropyGradOp::getFlops() { return linearFlops(getInput(), getWeight(), 3); }

} // namespace tern
