// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Adds gradients where they are computed. All rewrites are of `y = accumulate(old, value, flag)`.

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_SINKACCUMULATE
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace tern;

static bool isAlwaysTrue(Value flag) {
  DenseElementsAttr value;
  return matchPattern(flag, m_Constant(&value)) && value.isSplat() && value.getSplatValue<bool>();
}

namespace {

/// accumulate(old, a + b, flag) -> accumulate(accumulate(old, a, flag), b, true)
struct SinkIntoSum : OpRewritePattern<AccumulateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AccumulateOp op, PatternRewriter &rewriter) const override {
    auto sum = op.getValue().getDefiningOp<AddOp>();
    if (!sum)
      return failure();
    if (!sum->hasOneUse())
      return rewriter.notifyMatchFailure(op, "somebody else reads the sum of gradients");
    Value first = sum.getLhs(), second = sum.getRhs();
    if (first.getType() != op.getType() || second.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "the sum of gradients broadcasts");
    // The op that can only add unconditionally comes second.
    if (first.getDefiningOp<EmbeddingGradOp>())
      std::swap(first, second);
    auto flagType = cast<ShapedType>(op.getFlag().getType());
    Value always = arith::ConstantOp::create(rewriter, op.getLoc(), DenseElementsAttr::get(flagType, true));
    Value inner = AccumulateOp::create(rewriter, op.getLoc(), op.getOld(), first, op.getFlag());
    rewriter.replaceOpWithNewOp<AccumulateOp>(op, inner, second, always);
    return success();
  }
};

/// accumulate(old, embedding_grad(...), true) -> embedding_grad(...) onto old
struct SinkIntoEmbedding : OpRewritePattern<AccumulateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AccumulateOp op, PatternRewriter &rewriter) const override {
    auto grad = op.getValue().getDefiningOp<EmbeddingGradOp>();
    if (!grad)
      return failure();
    if (grad.getOnto() || !grad->hasOneUse())
      return rewriter.notifyMatchFailure(op, "somebody else reads the gradient of the table, or it adds to another already");
    if (!isAlwaysTrue(op.getFlag()))
      return rewriter.notifyMatchFailure(op, "the gradient of a table can only add unconditionally");
    rewriter.replaceOpWithNewOp<EmbeddingGradOp>(op, grad.getTokens(), grad.getCotangent(), op.getOld(), grad.getRowsAttr());
    return success();
  }
};

/// accumulate(old, dweight of linear_cross_entropy_grad, flag) -> the op with `onto old if flag`
struct SinkIntoCrossEntropy : OpRewritePattern<AccumulateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AccumulateOp op, PatternRewriter &rewriter) const override {
    auto grad = op.getValue().getDefiningOp<LinearCrossEntropyGradOp>();
    if (!grad || op.getValue() != grad.getDweight())
      return failure();
    if (grad.getOnto() || !op.getValue().hasOneUse())
      return rewriter.notifyMatchFailure(op, "somebody else reads the gradient of the head, or it adds to another already");
    DominanceInfo dominance;
    if (!dominance.properlyDominates(op.getOld(), grad) || !dominance.properlyDominates(op.getFlag(), grad))
      return rewriter.notifyMatchFailure(op, "what it adds to is not known before the gradient of the head");
    rewriter.setInsertionPoint(grad);
    auto merged = LinearCrossEntropyGradOp::create(rewriter, grad.getLoc(), grad.getInput(), grad.getWeight(), grad.getTargets(),
                                                   grad.getCotangent(), op.getOld(), op.getFlag(), grad.getIgnoreIndexAttr(),
                                                   grad.getLabelSmoothingAttr());
    rewriter.replaceOp(op, merged.getDweight());
    rewriter.replaceOp(grad, merged);
    return success();
  }
};

/// accumulate(old, stacked result of layers, flag) -> the layers accumulate slice by slice
struct SinkIntoLayers : OpRewritePattern<AccumulateOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AccumulateOp op, PatternRewriter &rewriter) const override {
    auto layers = op.getValue().getDefiningOp<LayersOp>();
    if (!layers)
      return failure();
    if (!op.getValue().hasOneUse())
      return rewriter.notifyMatchFailure(op, "somebody else reads the gradient that the layers make");
    unsigned number = cast<OpResult>(op.getValue()).getResultNumber();
    if (number < layers.getInits().size())
      return rewriter.notifyMatchFailure(op, "the gradient is carried from layer to layer, not made by each");
    if (!isa<BlockArgument>(op.getOld()))
      return rewriter.notifyMatchFailure(op, "what it adds to is not an argument");
    Operation *yield = layers.getYield();
    Type slice = yield->getOperand(number).getType();
    rewriter.modifyOpInPlace(layers, [&] {
      layers.getStackedMutable().append(op.getOld());
      layers.getBody().addArgument(slice, op.getLoc());
    });
    rewriter.setInsertionPoint(yield);
    Value sum = AccumulateOp::create(rewriter, op.getLoc(), layers.getBody().getArguments().back(), yield->getOperand(number),
                                     op.getFlag());
    rewriter.modifyOpInPlace(yield, [&] { yield->setOperand(number, sum); });
    rewriter.replaceOp(op, op.getValue());
    return success();
  }
};

struct SinkAccumulate : tern::impl::SinkAccumulateBase<SinkAccumulate> {
  void runOnOperation() override {
    Remarks remarks(*this, "sunk", "not sunk");
    RewritePatternSet patterns(&getContext());
    patterns.add<SinkIntoSum, SinkIntoEmbedding, SinkIntoCrossEntropy, SinkIntoLayers>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }
};

} // namespace
