// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loss family: pair losses are one reduction; class losses run over rows through tern_kernel.cross_entropy and are
// averaged over the targets that are not ignored. linear_cross_entropy is in LossLinear.cpp.

#include "compiler/lower/LossUtils.h"
#include "compiler/lower/Lower.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

static Value add(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::AddFOp::create(b, x, y); }
static Value sub(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::SubFOp::create(b, x, y); }
static Value mul(ImplicitLocOpBuilder &b, Value x, Value y) { return arith::MulFOp::create(b, x, y); }

//===-- what class losses share -----------------------------------------------------------------------------------===//

/// target != ignore_index, by element.
static Value isKept(ImplicitLocOpBuilder &b, Value target, int64_t ignoreIndex) {
  Value ignored = constantInt(b, target.getType(), ignoreIndex);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, target, ignored);
}

static SmallVector<int64_t> allDims(Value tensor) {
  return llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(tensor).size()));
}

Value tern::lower::flatRows(ImplicitLocOpBuilder &b, Value tensor, int64_t rows) {
  return reshapeTensor(b, tensor, {rows, shapeOf(tensor).back()});
}

Value tern::lower::flatTargets(ImplicitLocOpBuilder &b, Value targets) {
  int64_t rows = cast<RankedTensorType>(targets.getType()).getNumElements();
  Value flat = reshapeTensor(b, targets, {rows});
  if (elementOf(flat).isInteger(32))
    return flat;
  return mapElements(b, {rows}, b.getI32Type(), flat, [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    return arith::TruncIOp::create(inner, inner.getI32Type(), x[0]);
  });
}

Value tern::lower::keptTargets(ImplicitLocOpBuilder &b, Value targets, int64_t ignoreIndex, Type element) {
  Value zero = filledTensor(b, {}, element, 0.0);
  Value count = reduceInto(b, targets, zero, allDims(targets), [&](ImplicitLocOpBuilder &inner, ValueRange x) {
    Value one = constantFloat(inner, element, 1.0), none = constantFloat(inner, element, 0.0);
    Value each = arith::SelectOp::create(inner, isKept(inner, x[0], ignoreIndex), one, none);
    return add(inner, x[1], each);
  });
  return mapElements(b, {}, element, count, [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    return arith::MaximumFOp::create(inner, x[0], constantFloat(inner, element, 1.0));
  });
}

Value tern::lower::quotient(ImplicitLocOpBuilder &b, Value numerator, Value denominator) {
  return mapElements(
      b, {}, elementOf(numerator), {numerator, denominator},
      [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value { return arith::DivFOp::create(inner, x[0], x[1]); });
}

/// e (lse - mean of the row's logits) + (1 - e) loss, 0 where the target is ignored.
Value tern::lower::smoothedLosses(ImplicitLocOpBuilder &b, ValueRange lossAndLse, Value logits, Value targets, ClassTargets which) {
  if (which.smoothing == 0.0)
    return lossAndLse[0];
  double e = which.smoothing, classes = shapeOf(logits)[1];
  Type element = elementOf(logits);
  SmallVector<Value> inputs{lossAndLse[0], lossAndLse[1], sumOver(b, logits, {1}), targets};
  return mapElements(b, shapeOf(targets), element, inputs, [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    Value mean = mul(inner, x[2], constantFloat(inner, element, 1.0 / classes));
    Value uniform = mul(inner, sub(inner, x[1], mean), constantFloat(inner, element, e));
    Value smoothed = add(inner, mul(inner, x[0], constantFloat(inner, element, 1.0 - e)), uniform);
    return arith::SelectOp::create(inner, isKept(inner, x[3], which.ignoreIndex), smoothed, constantFloat(inner, element, 0.0));
  });
}

/// gradient + e scale (onehot - 1/V) in rows whose target is kept.
Value tern::lower::smoothedGradient(ImplicitLocOpBuilder &b, Value gradient, Value targets, Value scale, ClassTargets which) {
  if (which.smoothing == 0.0)
    return gradient;
  double e = which.smoothing, classes = shapeOf(gradient)[1];
  Type wide = elementOf(scale), element = elementOf(gradient);
  Value column = reshapeTensor(b, targets, {shapeOf(targets)[0], 1});
  return updateElements(b, {column, scale}, gradient, [&](ImplicitLocOpBuilder &inner, ValueRange x) -> SmallVector<Value> {
    Value old = wide == element ? x[2] : arith::ExtFOp::create(inner, wide, x[2]).getResult();
    Value position = arith::IndexCastOp::create(inner, x[0].getType(), linalg::IndexOp::create(inner, 1));
    Value hit = arith::CmpIOp::create(inner, arith::CmpIPredicate::eq, x[0], position);
    Value atTarget = constantFloat(inner, wide, e - e / classes), elsewhere = constantFloat(inner, wide, -e / classes);
    Value more = arith::SelectOp::create(inner, hit, atTarget, elsewhere);
    Value sum = add(inner, old, mul(inner, x[1], more));
    Value kept = arith::SelectOp::create(inner, isKept(inner, x[0], which.ignoreIndex), sum, old);
    return {wide == element ? kept : arith::TruncFOp::create(inner, element, kept).getResult()};
  })[0];
}

//===-- mse, binary_cross_entropy, huber, kl_div ---------------------------------------------------------------------------------===//

/// (p - y)^2.
static Value pairTerm(MseOp, ImplicitLocOpBuilder &b, Value p, Value y) {
  Value difference = sub(b, p, y);
  return mul(b, difference, difference);
}

/// -(y ln p + (1 - y) ln(1 - p)), logarithms kept above -100.
static Value pairTerm(BinaryCrossEntropyOp, ImplicitLocOpBuilder &b, Value p, Value y) {
  Value one = constantFloat(b, p.getType(), 1.0), floor = constantFloat(b, p.getType(), -100.0);
  auto boundedLog = [&](Value x) { return arith::MaximumFOp::create(b, math::LogOp::create(b, x), floor); };
  Value right = mul(b, y, boundedLog(p)), left = mul(b, sub(b, one, y), boundedLog(sub(b, one, p)));
  return arith::NegFOp::create(b, add(b, right, left));
}

/// |d| < delta ? d^2 / 2 : delta (|d| - delta / 2).
static Value pairTerm(HuberOp op, ImplicitLocOpBuilder &b, Value p, Value y) {
  Type element = p.getType();
  double delta = op.getDelta().convertToDouble();
  Value difference = sub(b, p, y), size = math::AbsFOp::create(b, difference), edge = constantFloat(b, element, delta);
  Value near = mul(b, mul(b, difference, difference), constantFloat(b, element, 0.5));
  Value far = mul(b, sub(b, size, constantFloat(b, element, delta / 2)), edge);
  return arith::SelectOp::create(b, arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, size, edge), near, far);
}

/// p > 0 ? p (ln p - q) : p, of the logarithm q and the label p.
static Value pairTerm(KlDivOp, ImplicitLocOpBuilder &b, Value q, Value p) {
  Value possible = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, p, constantFloat(b, p.getType(), 0.0));
  return arith::SelectOp::create(b, possible, mul(b, p, sub(b, math::LogOp::create(b, p), q)), p);
}

/// What the sum of all terms is divided by: elements, or rows.
template <typename Op>
static double pairCount(Op op) {
  return cast<RankedTensorType>(op.getPrediction().getType()).getNumElements();
}
static double pairCount(KlDivOp op) { return ShapedType::getNumElements(shapeOf(op.getPrediction()).drop_back()); }

namespace {
template <typename Op>
struct LowerPairLoss : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value prediction = adaptor.getPrediction();
    Type element = elementOf(prediction);
    Value total = reduceInto(
        b, {prediction, adaptor.getLabel()}, filledTensor(b, {}, element, 0.0), allDims(prediction),
        [&](ImplicitLocOpBuilder &inner, ValueRange x) { return add(inner, x[2], pairTerm(op, inner, x[0], x[1])); });
    double count = pairCount(op);
    rewriter.replaceOp(op, mapElements(b, {}, element, total, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
                         return mul(inner, x[0], constantFloat(inner, element, 1.0 / count));
                       }));
    return success();
  }
};

//===-- cross_entropy ---------------------------------------------------------------------------------------------===//

struct LowerCrossEntropy : OpConversionPattern<CrossEntropyOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(CrossEntropyOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type element = elementOf(adaptor.getLogits());
    Value targets = flatTargets(b, adaptor.getTargets());
    int64_t rows = shapeOf(targets)[0], ignored = op.getIgnoreIndex();
    Value empty = emptyTensor(b, {rows}, element);
    auto perRow =
        kernel::CrossEntropyOp::create(b, flatRows(b, adaptor.getLogits(), rows), targets, empty, empty, ignored);
    ClassTargets which{ignored, op.getLabelSmoothing().convertToDouble()};
    Value losses = smoothedLosses(b, perRow->getResults(), flatRows(b, adaptor.getLogits(), rows), targets, which);
    Value total = sumOver(b, losses, {0});
    rewriter.replaceOp(op, quotient(b, total, keptTargets(b, targets, ignored, element)));
    return success();
  }
};

struct LowerCrossEntropyGrad : OpConversionPattern<CrossEntropyGradOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(CrossEntropyGradOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type element = elementOf(adaptor.getLogits());
    Value targets = flatTargets(b, adaptor.getTargets());
    int64_t rows = shapeOf(targets)[0], ignored = op.getIgnoreIndex();
    Value logits = flatRows(b, adaptor.getLogits(), rows), empty = emptyTensor(b, {rows}, element);
    auto perRow = kernel::CrossEntropyOp::create(b, logits, targets, empty, empty, ignored);
    Value scale = quotient(b, adaptor.getCotangent(), keptTargets(b, targets, ignored, element));
    auto grad = kernel::CrossEntropyGradOp::create(b, targets, perRow->getResult(1), scale, /*logits=*/Value(), logits, ignored);
    Value smoothed = smoothedGradient(b, grad->getResult(0), targets, scale, {ignored, op.getLabelSmoothing().convertToDouble()});
    rewriter.replaceOp(op, reshapeTensor(b, smoothed, op.getType().getShape()));
    return success();
  }
};

//===-- nll -------------------------------------------------------------------------------------------------------===//

/// Whether the current element (row, class) of a linalg op is the target of its row.
Value isTarget(ImplicitLocOpBuilder &b, Value target, int64_t ignoreIndex) {
  Value position = arith::IndexCastOp::create(b, target.getType(), linalg::IndexOp::create(b, 1));
  Value hit = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, target, position);
  return arith::AndIOp::create(b, hit, isKept(b, target, ignoreIndex));
}

struct LowerNll : OpConversionPattern<NllOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(NllOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type element = elementOf(adaptor.getInput());
    Value targets = flatTargets(b, adaptor.getTargets());
    int64_t rows = shapeOf(targets)[0], ignored = op.getIgnoreIndex();
    Value scores = flatRows(b, adaptor.getInput(), rows), column = reshapeTensor(b, targets, {rows, 1});
    Value total = reduceInto(b, {scores, column}, filledTensor(b, {}, element, 0.0), {0, 1},
                             [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
                               Value hit = isTarget(inner, x[1], ignored);
                               return arith::SelectOp::create(inner, hit, sub(inner, x[2], x[0]), x[2]);
                             });
    rewriter.replaceOp(op, quotient(b, total, keptTargets(b, targets, ignored, element)));
    return success();
  }
};

struct LowerNllGrad : OpConversionPattern<NllGradOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(NllGradOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type element = op.getType().getElementType();
    Value targets = flatTargets(b, adaptor.getTargets());
    int64_t rows = shapeOf(targets)[0], ignored = op.getIgnoreIndex();
    Value scale = quotient(b, adaptor.getCotangent(), keptTargets(b, targets, ignored, element));
    Value column = reshapeTensor(b, targets, {rows, 1});
    Value grad = mapElements(b, {rows, static_cast<int64_t>(op.getClasses())}, element, {column, scale},
                             [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
                               Value zero = constantFloat(inner, element, 0.0);
                               Value hit = isTarget(inner, x[0], ignored);
                               return arith::SelectOp::create(inner, hit, arith::NegFOp::create(inner, x[1]), zero);
                             });
    rewriter.replaceOp(op, reshapeTensor(b, grad, op.getType().getShape()));
    return success();
  }
};
} // namespace

void tern::populateLossLowering(RewritePatternSet &patterns) {
  patterns.add<LowerPairLoss<MseOp>, LowerPairLoss<BinaryCrossEntropyOp>, LowerPairLoss<HuberOp>, LowerPairLoss<KlDivOp>,
               LowerCrossEntropy, LowerCrossEntropyGrad, LowerNll, LowerNllGrad>(patterns.getContext());
  populateLossLinearLowering(patterns);
}
