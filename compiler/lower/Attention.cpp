// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention family: one kernel each; a packed projection is read through views.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

template <typename AttentionLike>
static kernel::AttentionMask maskOf(AttentionLike op, double dropout) {
  Value key = dropout > 0 ? op.getKey() : Value();
  return {op.getCausal(), op.getKeyLengths(), op.getPosition(), dropout, key};
}

struct AttentionLowering : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AttentionOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> qkv = op.unpack(b), outs;
    for (Value result : op.getResults())
      outs.push_back(emptyTensor(b, lower::shapeOf(result), lower::elementOf(result)));
    auto mask = maskOf(op, op.getKey() ? op.getDropoutRate() : 0.0);
    rewriter.replaceOp(op, kernel::AttentionOp::create(b, qkv, mask, outs, op.getHeadCount(), op.getKeyValueHeadCount(),
                                                       op.getScaleValue()));
    return success();
  }
};

struct AttentionGradLowering : OpRewritePattern<AttentionGradOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AttentionGradOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> outs;
    for (Value like : {op.getQ(), op.getK(), op.getV()})
      outs.push_back(emptyTensor(b, lower::shapeOf(like), lower::elementOf(like)));
    auto mask = maskOf(op, op.getDropout().convertToDouble());
    SmallVector<Value> inputs = {op.getQ(), op.getK(), op.getV(), op.getOutput(), op.getLogSumExp(), op.getCotangent()};
    rewriter.replaceOp(op, kernel::AttentionGradOp::create(b, inputs, mask, outs, op.getHeads(), op.getKvHeads(),
                                                           op.getScale().convertToDouble()));
    return success();
  }
};

// y[..., t, s] = s <= t + S - T ? x[..., t, s] : fill
struct CausalMaskLowering : OpRewritePattern<CausalMaskOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CausalMaskOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = op.getType().getShape();
    Type element = op.getType().getElementType();
    int64_t rank = shape.size(), offset = shape[rank - 1] - shape[rank - 2];
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Value query = linalg::IndexOp::create(inner, rank - 2), key = linalg::IndexOp::create(inner, rank - 1);
      Value last = arith::AddIOp::create(inner, query, arith::ConstantIndexOp::create(inner, offset));
      Value seen = arith::CmpIOp::create(inner, arith::CmpIPredicate::ule, key, last);
      Value fill = constantFloat(inner, element, op.getFill().convertToDouble());
      return arith::SelectOp::create(inner, seen, x[0], fill);
    };
    rewriter.replaceOp(op, mapElements(b, shape, element, op.getInput(), body));
    return success();
  }
};

} // namespace

void tern::populateAttentionLowering(RewritePatternSet &patterns) {
  patterns.add<AttentionLowering, AttentionGradLowering, CausalMaskLowering>(patterns.getContext());
}
