// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Optim family: updates are one pass over parameter, gradient and state, in place; the global norm is summed in blocks
// of fixed size and a fixed order, so that its bits do not depend on threads.

#include "compiler/lower/Lower.h"
#include "compiler/lower/OptimUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

//===-- accumulate ------------------------------------------------------------------------------------------------===//

struct LowerAccumulate : OpConversionPattern<AccumulateOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(AccumulateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    // A select, not a product: the old content may be anything, even not a number, when the flag is off.
    auto body = [](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
      return {arith::SelectOp::create(inner, x[1], add(inner, x[2], x[0]), x[0])};
    };
    rewriter.replaceOp(op, updateElements(b, {adaptor.getValue(), adaptor.getFlag()}, adaptor.getOld(), body));
    return success();
  }
};

//===-- global_norm -----------------------------------------------------------------------------------------------===//

constexpr int64_t normBlock = 4096;

/// total + the sum of f(x) over all elements of a tensor, in f64.
Value addAll(ImplicitLocOpBuilder &b, Value tensor, Value total, bool square) {
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(tensor).size()));
  return reduceInto(b, tensor, total, dims, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    return add(inner, x[1], widen(inner, square ? mul(inner, x[0], x[0]) : x[0]));
  });
}

/// total + the sum of squares of a tensor: blocks side by side, then their sums in order, then the rest.
Value addSquares(ImplicitLocOpBuilder &b, Value tensor, Value total) {
  int64_t count = cast<RankedTensorType>(tensor.getType()).getNumElements(), blocks = count / normBlock;
  Value flat = reshapeTensor(b, tensor, {count});
  if (blocks > 1) {
    Value rows = reshapeTensor(b, sliceRows(b, flat, b.getIndexAttr(0), blocks * normBlock), {blocks, normBlock});
    Value zeros = filledTensor(b, {blocks}, elementOf(tensor), 0.0);
    Value sums = reduceInto(b, rows, zeros, {1}, [](ImplicitLocOpBuilder &inner, ValueRange x) {
      return add(inner, x[1], mul(inner, x[0], x[0]));
    });
    total = addAll(b, sums, total, /*square=*/false);
  } else {
    blocks = 0;
  }
  int64_t rest = count - blocks * normBlock;
  return rest == 0 ? total : addAll(b, sliceRows(b, flat, b.getIndexAttr(count - rest), rest), total, /*square=*/true);
}

struct LowerGlobalNorm : OpConversionPattern<GlobalNormOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(GlobalNormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value total = filledTensor(b, {}, b.getF64Type(), 0.0);
    for (Value input : adaptor.getInputs())
      total = addSquares(b, input, total);
    Type element = op.getType().getElementType();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      return mul(inner, x[1], narrow(inner, math::SqrtOp::create(inner, x[0]), element));
    };
    rewriter.replaceOp(op, mapElements(b, {}, element, {total, adaptor.getScale()}, body));
    return success();
  }
};

//===-- clip_factor -----------------------------------------------------------------------------------------------===//

struct LowerClipFactor : OpConversionPattern<ClipFactorOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ClipFactorOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    Type element = type.getElementType();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Value zero = constantFloat(inner, element, 0.0), one = constantFloat(inner, element, 1.0);
      Value limited = arith::CmpFOp::create(inner, arith::CmpFPredicate::OGT, x[1], zero);
      Value ratio = div(inner, x[1], add(inner, x[0], constantFloat(inner, element, 1e-6)));
      return arith::SelectOp::create(inner, limited, arith::MinimumFOp::create(inner, ratio, one), one);
    };
    rewriter.replaceOp(op, mapElements(b, type.getShape(), element, adaptor.getOperands(), body));
    return success();
  }
};

//===-- adam, adamw -----------------------------------------------------------------------------------------------===//

/// 1 - beta^step, computed in f64: for a beta near 1 the difference would lose most of its digits in f32.
Value biasCorrection(ImplicitLocOpBuilder &b, Value beta, Value step) {
  Type element = elementOf(beta);
  return mapElements(b, {}, element, {beta, step}, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    Value exponent = arith::SIToFPOp::create(inner, inner.getF64Type(), x[1]);
    Value power = math::PowFOp::create(inner, widen(inner, x[0]), exponent);
    return narrow(inner, sub(inner, constantFloat(inner, inner.getF64Type(), 1.0), power), element);
  });
}

/// The new moments of an element, and how far they move it.
struct Moments {
  Value m, v, move;

  /// `x` is the gradient, the eight scalars, then p, m and v.
  Moments(ImplicitLocOpBuilder &b, ValueRange x, Value g) {
    Value learningRate = x[1], beta1 = x[2], beta2 = x[3], epsilon = x[4], correction1 = x[7], correction2 = x[8];
    Value one = constantFloat(b, g.getType(), 1.0);
    m = add(b, mul(b, beta1, x[10]), mul(b, sub(b, one, beta1), g));
    v = add(b, mul(b, beta2, x[11]), mul(b, sub(b, one, beta2), mul(b, g, g)));
    Value spread = add(b, math::SqrtOp::create(b, div(b, v, correction2)), epsilon);
    move = mul(b, div(b, learningRate, correction1), div(b, m, spread));
  }
};

/// One element of Adam and of AdamW; see Optim.td.
SmallVector<Value> adam(ImplicitLocOpBuilder &b, ValueRange x) {
  Value decay = x[5], scale = x[6], p = x[9];
  Moments moments(b, x, add(b, mul(b, scale, x[0]), mul(b, decay, p)));
  return {sub(b, p, moments.move), moments.m, moments.v};
}

SmallVector<Value> adamw(ImplicitLocOpBuilder &b, ValueRange x) {
  Value learningRate = x[1], decay = x[5], scale = x[6], p = x[9];
  Moments moments(b, x, mul(b, scale, x[0]));
  Value kept = mul(b, p, sub(b, constantFloat(b, p.getType(), 1.0), mul(b, learningRate, decay)));
  return {sub(b, kept, moments.move), moments.m, moments.v};
}

template <typename Op, SmallVector<Value> formula(ImplicitLocOpBuilder &, ValueRange)>
struct LowerAdamFamily : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value correction1 = biasCorrection(b, adaptor.getBeta1(), adaptor.getStep());
    Value correction2 = biasCorrection(b, adaptor.getBeta2(), adaptor.getStep());
    SmallVector<Value> inputs{adaptor.getGrad(),    adaptor.getLearningRate(), adaptor.getBeta1(), adaptor.getBeta2(),
                              adaptor.getEpsilon(), adaptor.getDecay(),        adaptor.getScale(), correction1,
                              correction2};
    rewriter.replaceOp(op, updateElements(b, inputs, {adaptor.getParam(), adaptor.getM(), adaptor.getV()}, formula));
    return success();
  }
};

//===-- sgd -------------------------------------------------------------------------------------------------------===//

/// One element of SGD; see Optim.td. `x` is the gradient, the four scalars, then p and the buffer.
template <bool nesterov>
SmallVector<Value> sgd(ImplicitLocOpBuilder &b, ValueRange x) {
  Value learningRate = x[1], momentum = x[2], decay = x[3], scale = x[4], p = x[5], buffer = x[6];
  Value g = add(b, mul(b, scale, x[0]), mul(b, decay, p));
  Value newBuffer = add(b, mul(b, momentum, buffer), g);
  Value direction = nesterov ? add(b, g, mul(b, momentum, newBuffer)) : newBuffer;
  return {sub(b, p, mul(b, learningRate, direction)), newBuffer};
}

struct LowerSgd : OpConversionPattern<SgdOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(SgdOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> inputs{adaptor.getGrad(), adaptor.getLearningRate(), adaptor.getMomentum(), adaptor.getDecay(),
                              adaptor.getScale()};
    rewriter.replaceOp(op, updateElements(b, inputs, {adaptor.getParam(), adaptor.getBuffer()},
                                          op.getNesterov() ? sgd<true> : sgd<false>));
    return success();
  }
};

//===-- lion ------------------------------------------------------------------------------------------------------===//

Value signOf(ImplicitLocOpBuilder &b, Value x) {
  Value zero = constantFloat(b, x.getType(), 0.0), one = constantFloat(b, x.getType(), 1.0);
  Value isZero = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, x, zero);
  return arith::SelectOp::create(b, isZero, zero, math::CopySignOp::create(b, one, x));
}

/// One element of Lion; see Optim.td. `x` is the gradient, the five scalars, then p and m.
SmallVector<Value> lion(ImplicitLocOpBuilder &b, ValueRange x) {
  Value learningRate = x[1], beta1 = x[2], beta2 = x[3], decay = x[4], scale = x[5], p = x[6], m = x[7];
  Value one = constantFloat(b, p.getType(), 1.0);
  Value g = mul(b, scale, x[0]);
  Value direction = signOf(b, add(b, mul(b, beta1, m), mul(b, sub(b, one, beta1), g)));
  Value kept = mul(b, p, sub(b, one, mul(b, learningRate, decay)));
  Value newM = add(b, mul(b, beta2, m), mul(b, sub(b, one, beta2), g));
  return {sub(b, kept, mul(b, learningRate, direction)), newM};
}

struct LowerLion : OpConversionPattern<LionOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(LionOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> inputs{adaptor.getGrad(),  adaptor.getLearningRate(), adaptor.getBeta1(),
                              adaptor.getBeta2(), adaptor.getDecay(),        adaptor.getScale()};
    rewriter.replaceOp(op, updateElements(b, inputs, {adaptor.getParam(), adaptor.getM()}, lion));
    return success();
  }
};

//===-- ema -------------------------------------------------------------------------------------------------------===//

struct LowerEma : OpConversionPattern<EmaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(EmaOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    // A select, not a product: with a decay of 0 the old content may be anything.
    auto body = [](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
      Value zero = constantFloat(inner, x[1].getType(), 0.0), one = constantFloat(inner, x[1].getType(), 1.0);
      Value starts = arith::CmpFOp::create(inner, arith::CmpFPredicate::OEQ, x[1], zero);
      Value mixed = add(inner, mul(inner, x[1], x[2]), mul(inner, sub(inner, one, x[1]), x[0]));
      return {arith::SelectOp::create(inner, starts, x[0], mixed)};
    };
    rewriter.replaceOp(op, updateElements(b, {adaptor.getValue(), adaptor.getDecay()}, adaptor.getAverage(), body));
    return success();
  }
};

} // namespace

void tern::populateOptimLowering(RewritePatternSet &patterns) {
  patterns.add<LowerAccumulate, LowerGlobalNorm, LowerClipFactor, LowerAdamFamily<AdamOp, adam>,
               LowerAdamFamily<AdamWOp, adamw>, LowerSgd, LowerLion, LowerEma>(patterns.getContext());
  populateOptimMatrixLowering(patterns);
}
