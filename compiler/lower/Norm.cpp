// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Norm family: statistics of each row, group or channel, then one elementwise op.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

/// factor x, by element.
Value scaled(ImplicitLocOpBuilder &b, Value tensor, double factor) {
  Type element = lower::elementOf(tensor);
  return mapElements(b, lower::shapeOf(tensor), element, tensor, [&](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
    return arith::MulFOp::create(b, in[0], constantFloat(b, element, factor));
  });
}

/// 1 / sqrt(x + eps), by element.
Value reciprocalRoot(ImplicitLocOpBuilder &b, Value tensor, double eps) {
  Type element = lower::elementOf(tensor);
  return mapElements(b, lower::shapeOf(tensor), element, tensor, [&](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
    return math::RsqrtOp::create(b, arith::AddFOp::create(b, in[0], constantFloat(b, element, eps)));
  });
}

/// Sum of (x - mean)^2 over dimensions of x.
Value squaresOver(ImplicitLocOpBuilder &b, Value x, Value mean, Value init, ArrayRef<int64_t> dims) {
  return reduceInto(b, {x, mean}, init, dims, [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
    Value centered = arith::SubFOp::create(b, in[0], in[1]);
    return arith::AddFOp::create(b, in[2], arith::MulFOp::create(b, centered, centered));
  });
}

/// (x - mean) r weight + bias, by element.
Value normalized(ImplicitLocOpBuilder &b, Value x, ValueRange meanRootWeightBias) {
  SmallVector<Value> inputs{x};
  llvm::append_range(inputs, meanRootWeightBias);
  return mapElements(b, lower::shapeOf(x), lower::elementOf(x), inputs, [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
    Value n = arith::MulFOp::create(b, arith::SubFOp::create(b, in[0], in[1]), in[2]);
    return arith::AddFOp::create(b, arith::MulFOp::create(b, n, in[3]), in[4]);
  });
}

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

// Over the positions (1) and the channels (3) of x as (B, positions, G, C/G).
struct GroupNormLowering : OpRewritePattern<GroupNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GroupNormOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<int64_t> grouped = op.getGroupedShape(), channels{grouped[2], grouped[3]};
    SmallVector<int64_t> kept{grouped[0], 1, grouped[2], 1};
    Value x = reshapeTensor(b, op.getInput(), grouped);
    double count = grouped[1] * grouped[3];
    Value mean = reshapeTensor(b, scaled(b, sumOver(b, x, {1, 3}), 1.0 / count), kept);
    Value zeros = filledTensor(b, {grouped[0], grouped[2]}, lower::elementOf(x), 0.0);
    Value variance = scaled(b, squaresOver(b, x, mean, zeros, {1, 3}), 1.0 / count);
    Value r = reshapeTensor(b, reciprocalRoot(b, variance, op.getEps().convertToDouble()), kept);
    Value weight = reshapeTensor(b, op.getWeight(), channels), bias = reshapeTensor(b, op.getBias(), channels);
    Value y = normalized(b, x, {mean, r, weight, bias});
    rewriter.replaceOp(op, reshapeTensor(b, y, lower::shapeOf(op.getInput())));
    return success();
  }
};

struct BatchNormLowering : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(op, op.getTraining() ? lowerTraining(b, op) : SmallVector<Value>{lowerInference(b, op)});
    return success();
  }

private:
  /// y = x s + t with s = weight / sqrt(var + eps) and t = bias - mean s, one of each per channel: what a product before it
  /// takes into its epilogue.
  static Value lowerInference(ImplicitLocOpBuilder &b, BatchNormOp op) {
    Type element = lower::elementOf(op.getInput());
    ArrayRef<int64_t> channels = lower::shapeOf(op.getMean());
    Value r = reciprocalRoot(b, op.getVariance(), op.getEps().convertToDouble());
    Value scale = mapElements(b, channels, element, {r, op.getWeight()}, [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
      return arith::MulFOp::create(b, in[0], in[1]);
    });
    Value term = mapElements(b, channels, element, {op.getBias(), op.getMean(), scale},
                             [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
                               return arith::SubFOp::create(b, in[0], arith::MulFOp::create(b, in[1], in[2]));
                             });
    return mapElements(b, lower::shapeOf(op.getInput()), element, {op.getInput(), scale, term},
                       [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
                         return arith::AddFOp::create(b, arith::MulFOp::create(b, in[0], in[1]), in[2]);
                       });
  }

  /// y, and both averages moved.
  static SmallVector<Value> lowerTraining(ImplicitLocOpBuilder &b, BatchNormOp op) {
    Value x = op.getInput();
    ArrayRef<int64_t> shape = lower::shapeOf(x);
    auto rows = llvm::to_vector(llvm::seq<int64_t>(0, shape.size() - 1));
    double count = ShapedType::getNumElements(shape.drop_back());
    Value mean = scaled(b, sumOver(b, x, rows), 1.0 / count);
    Value squares = squaresOver(b, x, mean, filledTensor(b, shape.back(), lower::elementOf(x), 0.0), rows);
    Value r = reciprocalRoot(b, scaled(b, squares, 1.0 / count), op.getEps().convertToDouble());
    Value unbiased = scaled(b, squares, 1.0 / std::max(count - 1.0, 1.0));
    return {normalized(b, x, {mean, r, op.getWeight(), op.getBias()}), moved(b, op, op.getMean(), mean),
            moved(b, op, op.getVariance(), unbiased)};
  }

  /// (1 - momentum) average + momentum now
  static Value moved(ImplicitLocOpBuilder &b, BatchNormOp op, Value average, Value now) {
    Type element = lower::elementOf(now);
    double momentum = op.getMomentum().convertToDouble();
    return mapElements(b, lower::shapeOf(now), element, {average, now}, [&](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
      Value kept = arith::MulFOp::create(b, in[0], constantFloat(b, element, 1.0 - momentum));
      return arith::AddFOp::create(b, kept, arith::MulFOp::create(b, in[1], constantFloat(b, element, momentum)));
    });
  }
};

} // namespace

void tern::populateNormLowering(RewritePatternSet &patterns) {
  patterns.add<LayerNormLowering, RMSNormLowering, GroupNormLowering, BatchNormLowering>(patterns.getContext());
}
