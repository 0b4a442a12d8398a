// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduce family: a filled accumulator and one reducing linalg.generic; softmax is four of them.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

#include <limits>

using namespace mlir;
using namespace tern;
using namespace tern::lower;

//===-- sum, mean, max --------------------------------------------------------------------------------------------===//

static Value reduce(ImplicitLocOpBuilder &b, SumOp, Value input, ArrayRef<int64_t> dims) {
  return sumOver(b, input, dims);
}

static Value reduce(ImplicitLocOpBuilder &b, MaxOp, Value input, ArrayRef<int64_t> dims) {
  return maxOver(b, input, dims);
}

static Value reduce(ImplicitLocOpBuilder &b, MeanOp, Value input, ArrayRef<int64_t> dims) {
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= shapeOf(input)[dim];
  Value sum = sumOver(b, input, dims);
  Type element = elementOf(input);
  return mapElements(b, shapeOf(sum), element, sum, [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    return arith::MulFOp::create(inner, x[0], constantFloat(inner, element, 1.0 / count));
  });
}

namespace {
template <typename Op>
struct LowerReduction : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value reduced = reduce(b, op, adaptor.getInput(), op.getReducedDims());
    rewriter.replaceOp(op, reshapeTensor(b, reduced, op.getType().getShape()));
    return success();
  }
};
} // namespace

//===-- argmax ----------------------------------------------------------------------------------------------------===//

/// One step of the search: (best value, its index) after seeing x, over the loops of a generic.
static void argmaxBody(OpBuilder &builder, Location loc, ValueRange x, int64_t axis) {
  Value index = linalg::IndexOp::create(builder, loc, axis);
  Value position = arith::IndexCastOp::create(builder, loc, builder.getI32Type(), index);
  Value larger = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT, x[0], x[1]);
  Value best = arith::SelectOp::create(builder, loc, larger, x[0], x[1]);
  Value where = arith::SelectOp::create(builder, loc, larger, position, x[2]);
  linalg::YieldOp::create(builder, loc, ValueRange{best, where});
}

namespace {
struct LowerArgmax : OpConversionPattern<ArgmaxOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ArgmaxOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    int64_t axis = op.getAxis(), rank = shapeOf(adaptor.getInput()).size();
    RankedTensorType type = op.getType();
    double lowest = -std::numeric_limits<double>::infinity();
    Value best = filledTensor(b, type.getShape(), elementOf(adaptor.getInput()), lowest);
    Value where =
        linalg::FillOp::create(b, constantInt(b, b.getI32Type(), 0), emptyTensor(b, type.getShape(), b.getI32Type()))
            .getResult(0);
    SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
    loops[axis] = utils::IteratorType::reduction;
    AffineMap input = b.getMultiDimIdentityMap(rank), result = input.dropResult(axis);
    auto search = linalg::GenericOp::create(
        b, TypeRange{best.getType(), where.getType()}, adaptor.getInput(), ValueRange{best, where},
        ArrayRef<AffineMap>{input, result, result}, loops,
        [&](OpBuilder &inner, Location loc, ValueRange x) { argmaxBody(inner, loc, x, axis); });
    rewriter.replaceOp(op, search.getResult(1));
    return success();
  }
};
} // namespace

//===-- softmax, log_softmax --------------------------------------------------------------------------------------===//

/// The shape with extent 1 at the axis, so that a reduced tensor broadcasts against the whole.
static SmallVector<int64_t> keptShape(ArrayRef<int64_t> shape, int64_t axis) {
  SmallVector<int64_t> kept(shape);
  kept[axis] = 1;
  return kept;
}

/// e^(x - largest), by element.
static Value shiftedExp(ImplicitLocOpBuilder &b, ValueRange x) {
  return math::ExpOp::create(b, arith::SubFOp::create(b, x[0], x[1]));
}

namespace {
// m = max x; e = exp(x - m); y = e / sum e.
struct LowerSoftmax : OpConversionPattern<SoftmaxOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(SoftmaxOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value input = adaptor.getInput();
    ArrayRef<int64_t> shape = shapeOf(input);
    SmallVector<int64_t> kept = keptShape(shape, op.getAxis());
    Value largest = reshapeTensor(b, maxOver(b, input, {op.getAxis()}), kept);
    Value powers = mapElements(b, shape, elementOf(input), {input, largest}, shiftedExp);
    Value total = reshapeTensor(b, sumOver(b, powers, {op.getAxis()}), kept);
    Value result = mapElements(
        b, shape, elementOf(input), {powers, total},
        [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value { return arith::DivFOp::create(inner, x[0], x[1]); });
    rewriter.replaceOp(op, result);
    return success();
  }
};

// m = max x; s = sum exp(x - m), whose terms are never stored; y = x - m - ln s.
struct LowerLogSoftmax : OpConversionPattern<LogSoftmaxOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(LogSoftmaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value input = adaptor.getInput();
    ArrayRef<int64_t> shape = shapeOf(input);
    SmallVector<int64_t> kept = keptShape(shape, op.getAxis());
    Value reduced = maxOver(b, input, {op.getAxis()}), largest = reshapeTensor(b, reduced, kept);
    Value zeros = filledTensor(b, shapeOf(reduced), elementOf(input), 0.0);
    Value total =
        reduceInto(b, {input, largest}, zeros, {op.getAxis()}, [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
          return arith::AddFOp::create(inner, x[2], shiftedExp(inner, x));
        });
    Value logTotal =
        mapElements(b, shapeOf(total), elementOf(input), total, [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
          return math::LogOp::create(inner, x[0]);
        });
    Value result = mapElements(b, shape, elementOf(input), {input, largest, reshapeTensor(b, logTotal, kept)},
                               [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
                                 return arith::SubFOp::create(inner, arith::SubFOp::create(inner, x[0], x[1]), x[2]);
                               });
    rewriter.replaceOp(op, result);
    return success();
  }
};
} // namespace

//===-- masked_mean, cosine_similarity ----------------------------------------------------------------------------===//

namespace {
// sum of (t < length ? x : 0) over t, / max(min(length, T), 1)
struct LowerMaskedMean : OpConversionPattern<MaskedMeanOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(MaskedMeanOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value x = adaptor.getInput(), lengths = adaptor.getLengths();
    Type element = elementOf(x);
    size_t rank = shapeOf(x).size();
    Value zeros = filledTensor(b, op.getType().getShape(), element, 0.0);
    Value total = reduceInto(b, {x, perRow(b, lengths, rank)}, zeros, {1}, [&](ImplicitLocOpBuilder &inner, ValueRange in) {
      Value sum = arith::AddFOp::create(inner, in[2], in[0]);
      return arith::SelectOp::create(inner, isBelow(inner, /*dim=*/1, in[1]), sum, in[2]).getResult();
    });
    Value counts = perRow(b, lengths, rank - 1);
    int64_t most = shapeOf(x)[1];
    rewriter.replaceOp(op, mapElements(b, shapeOf(total), element, {total, counts}, [&](ImplicitLocOpBuilder &inner, ValueRange in) {
      Value some = arith::MaxSIOp::create(inner, in[1], constantInt(inner, in[1].getType(), 1));
      Value count = arith::MinSIOp::create(inner, some, constantInt(inner, in[1].getType(), most));
      return arith::DivFOp::create(inner, in[0], arith::SIToFPOp::create(inner, element, count)).getResult();
    }));
    return success();
  }
};

struct LowerCosineSimilarity : OpConversionPattern<CosineSimilarityOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(CosineSimilarityOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value lhs = adaptor.getLhs(), rhs = adaptor.getRhs();
    Type element = elementOf(lhs);
    int64_t last = shapeOf(lhs).size() - 1;
    auto product = [&](Value x, Value y) {
      Value zeros = filledTensor(b, op.getType().getShape(), element, 0.0);
      return reduceInto(b, {x, y}, zeros, {last}, [](ImplicitLocOpBuilder &inner, ValueRange in) -> Value {
        return arith::AddFOp::create(inner, in[2], arith::MulFOp::create(inner, in[0], in[1]));
      });
    };
    double eps = op.getEps().convertToDouble();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange in) -> Value {
      Value floor = constantFloat(inner, element, eps * eps), cosine = in[0];
      for (Value square : in.drop_front())
        cosine = arith::MulFOp::create(inner, cosine, math::RsqrtOp::create(inner, arith::MaximumFOp::create(inner, square, floor)));
      return cosine;
    };
    SmallVector<Value> products{product(lhs, rhs), product(lhs, lhs), product(rhs, rhs)};
    rewriter.replaceOp(op, mapElements(b, op.getType().getShape(), element, products, body));
    return success();
  }
};
} // namespace

void tern::populateReduceLowering(RewritePatternSet &patterns) {
  patterns.add<LowerReduction<SumOp>, LowerReduction<MeanOp>, LowerReduction<MaxOp>, LowerArgmax, LowerSoftmax,
               LowerLogSoftmax, LowerMaskedMean, LowerCosineSimilarity>(patterns.getContext());
}
