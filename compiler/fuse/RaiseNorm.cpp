// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Norms written from primitives become layer_norm and rms_norm, which own their gradients.
//
//   c = x - mean(x);  y = c / sqrt(mean(c c) + eps) * weight + bias     ->  layer_norm x
//   y = x / sqrt(mean(x x) + eps) * weight                              ->  rms_norm x
//
// Division and multiplication by rsqrt are both recognised, and commutative operands in either order.

#include "compiler/fuse/FuseUtils.h"
#include "compiler/fuse/Passes.h"
#include "dialects/tern/Shapes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_RAISENORM
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

namespace {
/// value = scaled / sqrt(mean(scaled^2) + eps).
struct Normalized {
  Value scaled;
  double eps;
};
} // namespace

/// The eps and the operand of mean(s s) + eps, over the last dimension.
static std::optional<Normalized> matchMeanSquare(Value value) {
  auto shifted = value.getDefiningOp<AddOp>();
  auto parts = shifted ? constantAndOther(shifted.getLhs(), shifted.getRhs()) : std::nullopt;
  Value squares = parts ? meanOfLastDim(parts->second) : Value();
  auto square = squares ? squares.getDefiningOp<MulOp>() : MulOp();
  if (!square || square.getLhs() != square.getRhs() || parts->first <= 0)
    return std::nullopt;
  return Normalized{square.getLhs(), parts->first};
}

/// value = s rsqrt(mean(s s) + eps), or s / sqrt(mean(s s) + eps).
static std::optional<Normalized> matchNormalized(Value value) {
  std::optional<Normalized> found;
  if (auto quotient = value.getDefiningOp<DivOp>()) {
    auto root = quotient.getRhs().getDefiningOp<SqrtOp>();
    found = root ? matchMeanSquare(root.getInput()) : std::nullopt;
    return found && found->scaled == quotient.getLhs() ? found : std::nullopt;
  }
  auto product = value.getDefiningOp<MulOp>();
  if (!product)
    return std::nullopt;
  for (auto [scaled, factor] :
       {std::pair(product.getLhs(), product.getRhs()), std::pair(product.getRhs(), product.getLhs())}) {
    auto root = factor.getDefiningOp<RsqrtOp>();
    found = root ? matchMeanSquare(root.getInput()) : std::nullopt;
    if (found && found->scaled == scaled)
      return found;
  }
  return std::nullopt;
}

/// x when value = x - mean(x) over the last dimension, else null.
static Value matchCentered(Value value) {
  auto centered = value.getDefiningOp<SubOp>();
  bool matches = centered && meanOfLastDim(centered.getRhs()) == centered.getLhs();
  return matches ? centered.getLhs() : Value();
}

/// A vector over the channels of x.
static bool isChannelVector(Value vector, Value x) {
  ArrayRef<int64_t> own = shapeOf(vector.getType()), all = shapeOf(x.getType());
  return own.size() == 1 && !all.empty() && own[0] == all.back();
}

/// The normalised operand and the weight of a product, in either order.
static std::optional<std::pair<Normalized, Value>> matchWeighted(MulOp product) {
  for (auto [value, weight] :
       {std::pair(product.getLhs(), product.getRhs()), std::pair(product.getRhs(), product.getLhs())}) {
    std::optional<Normalized> normalized = matchNormalized(value);
    if (normalized && isChannelVector(weight, value))
      return std::make_pair(*normalized, weight);
  }
  return std::nullopt;
}

namespace {

struct RaiseLayerNorm : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    for (auto [value, bias] : {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())}) {
      auto product = onlyUseOf<MulOp>(value);
      auto weighted = product ? matchWeighted(product) : std::nullopt;
      Value x = weighted ? matchCentered(weighted->first.scaled) : Value();
      if (!x || !isChannelVector(bias, x))
        continue;
      rewriter.replaceOpWithNewOp<LayerNormOp>(op, x, weighted->second, bias, StringAttr(),
                                               rewriter.getF64FloatAttr(weighted->first.eps));
      return success();
    }
    return rewriter.notifyMatchFailure(op, "is not a normalised value times a weight plus a bias");
  }
};

struct RaiseRMSNorm : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    auto weighted = matchWeighted(op);
    if (!weighted)
      return rewriter.notifyMatchFailure(op, "is not a normalised value times a weight");
    if (matchCentered(weighted->first.scaled))
      return rewriter.notifyMatchFailure(op, "subtracts the mean: a layer norm, which has a bias");
    rewriter.replaceOpWithNewOp<RMSNormOp>(op, weighted->first.scaled, weighted->second, StringAttr(),
                                           rewriter.getF64FloatAttr(weighted->first.eps));
    return success();
  }
};

struct RaiseNorm : tern::impl::RaiseNormBase<RaiseNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseLayerNorm, RaiseRMSNorm>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
