// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Losses over classes become the op that never materialises what it need not.
//
//   log(softmax(x))                        ->  log_softmax x
//   nll(log_softmax(x), targets)           ->  cross_entropy x, targets
//   cross_entropy(x W^T, targets)          ->  linear_cross_entropy x, W, targets
//
// The logits of the last form may be flattened before the loss, as (B, T, V) to (B T, V): then x is flattened instead.

#include "compiler/fuse/FuseUtils.h"
#include "compiler/fuse/Passes.h"
#include "dialects/tern/Shapes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_RAISECROSSENTROPY
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

static bool isLastAxis(int64_t axis, Value value) {
  return axis == static_cast<int64_t>(shapeOf(value.getType()).size()) - 1;
}

namespace {

struct RaiseLogSoftmax : OpRewritePattern<LogOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LogOp op, PatternRewriter &rewriter) const override {
    auto softmax = onlyUseOf<SoftmaxOp>(op.getInput());
    if (!softmax)
      return rewriter.notifyMatchFailure(op, "is not the logarithm of a softmax of its own");
    rewriter.replaceOpWithNewOp<LogSoftmaxOp>(op, softmax.getInput(), softmax.getDimAttr());
    return success();
  }
};

struct RaiseNll : OpRewritePattern<NllOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(NllOp op, PatternRewriter &rewriter) const override {
    auto logSoftmax = op.getInput().getDefiningOp<LogSoftmaxOp>();
    if (!logSoftmax || !isLastAxis(logSoftmax.getAxis(), logSoftmax))
      return rewriter.notifyMatchFailure(op, "does not read a log_softmax over the last dimension");
    rewriter.replaceOpWithNewOp<CrossEntropyOp>(op, logSoftmax.getInput(), op.getTargets(), op.getIgnoreIndexAttr());
    return success();
  }
};

/// x and W (V, C) of a product x W^T that nobody else reads, or nulls.
std::pair<Value, Value> matchProduct(Value logits) {
  if (auto linear = onlyUseOf<LinearOp>(logits)) {
    bool plain = linear.getWeight() && !linear.getBias() && linear.getLayout() == WeightLayout::out_in;
    return plain ? std::pair(linear.getInput(), linear.getWeight()) : std::pair(Value(), Value());
  }
  auto product = onlyUseOf<MatmulOp>(logits);
  bool plain =
      product && product.getTransposeB() && !product.getTransposeA() && shapeOf(product.getRhs().getType()).size() == 2;
  return plain ? std::pair(product.getLhs(), product.getRhs()) : std::pair(Value(), Value());
}

struct RaiseLinear : OpRewritePattern<CrossEntropyOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CrossEntropyOp op, PatternRewriter &rewriter) const override {
    Value logits = op.getLogits();
    auto flattened = onlyUseOf<ReshapeOp>(logits);
    bool keepsClasses =
        flattened && shapeOf(flattened.getInput().getType()).back() == shapeOf(flattened.getType()).back();
    auto [x, weight] = matchProduct(keepsClasses ? flattened.getInput() : logits);
    if (!x)
      return rewriter.notifyMatchFailure(op, "logits are not x W^T, or somebody else reads them");
    if (keepsClasses) {
      SmallVector<int64_t> shape(shapeOf(op.getTargets().getType()));
      shape.push_back(shapeOf(x.getType()).back());
      if (ShapedType::isDynamicShape(shape))
        return rewriter.notifyMatchFailure(op, "the flattened shape is dynamic");
      x = ReshapeOp::create(rewriter, op.getLoc(), x, shape);
    }
    rewriter.replaceOpWithNewOp<LinearCrossEntropyOp>(op, x, weight, op.getTargets(), op.getIgnoreIndexAttr());
    return success();
  }
};

struct RaiseCrossEntropy : tern::impl::RaiseCrossEntropyBase<RaiseCrossEntropy> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseLogSoftmax, RaiseNll, RaiseLinear>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
