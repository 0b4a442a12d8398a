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
#include "compiler/support/Remarks.h"
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

//===-- what is nearly a norm ------------------------------------------------------------------------------------------===//

/// s and r of s rsqrt(r), or nulls.
static std::pair<Value, Value> scaledByRoot(MulOp op) {
  for (auto [scaled, factor] : {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())})
    if (auto root = factor.getDefiningOp<RsqrtOp>())
      return {scaled, root.getInput()};
  return {};
}

/// s and r of s / sqrt(r), or nulls.
static std::pair<Value, Value> scaledByRoot(DivOp op) {
  auto root = op.getRhs().getDefiningOp<SqrtOp>();
  return root ? std::pair(op.getLhs(), root.getInput()) : std::pair(Value(), Value());
}

static bool holdsMean(Value radicand) {
  auto sum = radicand.getDefiningOp<AddOp>();
  auto isMean = [](Value value) { return value.getDefiningOp<MeanOp>() != nullptr; };
  return isMean(radicand) || (sum && (isMean(sum.getLhs()) || isMean(sum.getRhs())));
}

/// Why s over the root is not s / sqrt(mean(s s) + eps), or nothing.
static StringRef whatIsMissing(Value scaled, Value radicand) {
  auto shifted = radicand.getDefiningOp<AddOp>();
  auto parts = shifted ? constantAndOther(shifted.getLhs(), shifted.getRhs()) : std::nullopt;
  if (!parts || !(parts->first > 0))
    return "no constant eps > 0 is added to the mean under the root";
  Value squares = meanOfLastDim(parts->second);
  if (!squares)
    return "the mean is not over the last dimension alone, kept with extent 1";
  auto square = squares.getDefiningOp<MulOp>();
  if (!square || square.getLhs() != square.getRhs())
    return "the mean is not of a square, written s * s";
  return square.getLhs() == scaled ? "" : "what is scaled is not what was squared";
}

/// Why a normalised value that the other patterns left is no norm, or nothing.
static StringRef whatDoesNotFollow(Value normalized, bool isCentered) {
  auto isWeighted = [&](Operation *user) {
    auto product = dyn_cast<MulOp>(user);
    return product && matchWeighted(product);
  };
  auto weighted = llvm::find_if(normalized.getUsers(), isWeighted);
  if (weighted == normalized.user_end())
    return "no weight over the last dimension multiplies it";
  if (!isCentered)
    return "";
  return weighted->hasOneUse() ? "the mean is subtracted, as in a layer norm, but no bias over the last dimension is added"
                               : "somebody else reads the value before the bias is added";
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
    return failure(); // ExplainNorm says why, where it is nearly one
  }
};

struct RaiseRMSNorm : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    auto weighted = matchWeighted(op);
    if (!weighted || matchCentered(weighted->first.scaled))
      return failure();
    rewriter.replaceOpWithNewOp<RMSNormOp>(op, weighted->first.scaled, weighted->second, StringAttr(),
                                           rewriter.getF64FloatAttr(weighted->first.eps));
    return success();
  }
};

// Something over its root mean square that became no norm.
template <typename Op>
struct ExplainNorm : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto [scaled, radicand] = scaledByRoot(op);
    if (!scaled || !holdsMean(radicand))
      return failure();
    StringRef why = whatIsMissing(scaled, radicand);
    if (why.empty())
      why = whatDoesNotFollow(op.getResult(), matchCentered(scaled) != Value());
    return why.empty() ? failure() : rewriter.notifyMatchFailure(op, why);
  }
};

struct RaiseNorm : tern::impl::RaiseNormBase<RaiseNorm> {
  void runOnOperation() override {
    Remarks remarks(*this, "raised", "not raised");
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseLayerNorm, RaiseRMSNorm, ExplainNorm<MulOp>, ExplainNorm<DivOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }
};

} // namespace
