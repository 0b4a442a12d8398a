// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Norm family: statistics of each row, then one elementwise op.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

/// (..., C) -> (..., 1)
SmallVector<int64_t> statisticsShape(Value input) {
  SmallVector<int64_t> shape(lower::shapeOf(input));
  shape.back() = 1;
  return shape;
}

/// 1 / sqrt(sum / C + eps) for every row; `sum` is a sum of squares.
Value reciprocalDeviation(ImplicitLocOpBuilder &b, Value sum, Value input, double eps) {
  Type element = lower::elementOf(input);
  double channels = lower::shapeOf(input).back();
  Value root = mapElements(b, lower::shapeOf(sum), element, sum, [&](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
    Value mean = arith::MulFOp::create(b, in[0], constantFloat(b, element, 1.0 / channels));
    return math::RsqrtOp::create(b, arith::AddFOp::create(b, mean, constantFloat(b, element, eps)));
  });
  return reshapeTensor(b, root, statisticsShape(input));
}

/// Sum of body(x, others...) over the last dimension.
Value rowSum(ImplicitLocOpBuilder &b, ValueRange inputs, ElementBody body) {
  ArrayRef<int64_t> shape = lower::shapeOf(inputs[0]);
  Value init = filledTensor(b, shape.drop_back(), lower::elementOf(inputs[0]), 0.0);
  return reduceInto(b, inputs, init, {static_cast<int64_t>(shape.size()) - 1}, body);
}

struct LayerNormLowering : OpRewritePattern<LayerNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LayerNormOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value x = op.getInput();
    Type element = lower::elementOf(x);
    Value total = sumOver(b, x, {static_cast<int64_t>(lower::shapeOf(x).size()) - 1});
    Value mean = mapElements(b, lower::shapeOf(total), element, total, [&](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
      return arith::MulFOp::create(b, in[0], constantFloat(b, element, 1.0 / lower::shapeOf(x).back()));
    });
    mean = reshapeTensor(b, mean, statisticsShape(x));
    Value squares = rowSum(b, {x, mean}, [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
      Value centered = arith::SubFOp::create(b, in[0], in[1]);
      return arith::AddFOp::create(b, in[2], arith::MulFOp::create(b, centered, centered));
    });
    Value r = reciprocalDeviation(b, squares, x, op.getEps().convertToDouble());
    Value y = mapElements(b, lower::shapeOf(x), element, {x, mean, r, op.getWeight(), op.getBias()},
                          [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
                            Value n = arith::MulFOp::create(b, arith::SubFOp::create(b, in[0], in[1]), in[2]);
                            return arith::AddFOp::create(b, arith::MulFOp::create(b, n, in[3]), in[4]);
                          });
    rewriter.replaceOp(op, y);
    return success();
  }
};

struct RMSNormLowering : OpRewritePattern<RMSNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(RMSNormOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value x = op.getInput();
    Value squares = rowSum(b, x, [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
      return arith::AddFOp::create(b, in[1], arith::MulFOp::create(b, in[0], in[0]));
    });
    Value r = reciprocalDeviation(b, squares, x, op.getEps().convertToDouble());
    Value y = mapElements(b, lower::shapeOf(x), lower::elementOf(x), {x, r, op.getWeight()},
                          [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
                            return arith::MulFOp::create(b, arith::MulFOp::create(b, in[0], in[1]), in[2]);
                          });
    rewriter.replaceOp(op, y);
    return success();
  }
};

} // namespace

void tern::populateNormLowering(RewritePatternSet &patterns) {
  patterns.add<LayerNormLowering, RMSNormLowering>(patterns.getContext());
}
