// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention family: one kernel each; a packed projection is read through views. What is added to scores by their distance is a
// row of numbers per head, in front of the loops around.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

#include <cmath>

using namespace mlir;
using namespace tern;
using namespace tern::lower;

//===-- distances -------------------------------------------------------------------------------------------------===//

namespace {
/// The distances that a bias tells apart: number i is i - (places - 1).
struct Distances {
  int64_t heads, places, keys;
  bool causal;
  int64_t greatest; // that buckets tell apart
  Type element;     // of sums

  int64_t count() const { return places + keys - 1; }
  int64_t of(int64_t number) const { return number - (places - 1); }
};
} // namespace

static Type sumType(Value q) {
  return lower::elementOf(q).isF64() ? lower::elementOf(q) : Type(Float32Type::get(q.getContext()));
}

/// The slopes of alibi: 2^(-8/H) and its powers, or what stands for them where H is no power of two.
static SmallVector<double> slopesOf(int64_t heads) {
  auto powers = [](int64_t count, int64_t step, int64_t wanted, SmallVector<double> &slopes) {
    for (int64_t h = 0; h < wanted; ++h)
      slopes.push_back(std::exp2(-8.0 * (h * step + 1) / count));
  };
  int64_t lower = llvm::bit_floor(static_cast<uint64_t>(heads));
  SmallVector<double> slopes;
  powers(lower, 1, lower, slopes);
  powers(2 * lower, 2, heads - lower, slopes);
  return slopes;
}

/// bias[h, d] = slope of h times the distance, or less its size
static Value alibiBias(ImplicitLocOpBuilder &b, const Distances &distances) {
  SmallVector<double> slopes = slopesOf(distances.heads);
  Type f64 = b.getF64Type();
  Value column = arith::ConstantOp::create(
      b, DenseElementsAttr::get(RankedTensorType::get({distances.heads, 1}, f64), ArrayRef<double>(slopes)));
  return mapElements(b, {distances.heads, distances.count()}, distances.element, column,
                     [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
                       Type i32 = inner.getI32Type();
                       Value number = arith::IndexCastOp::create(inner, i32, linalg::IndexOp::create(inner, 1));
                       Value distance = arith::SubIOp::create(inner, number, constantInt(inner, i32, distances.places - 1));
                       if (!distances.causal) {
                         Value back = arith::SubIOp::create(inner, constantInt(inner, i32, 0), distance);
                         distance = arith::MinSIOp::create(inner, distance, back);
                       }
                       Value product = arith::MulFOp::create(inner, x[0], arith::SIToFPOp::create(inner, f64, distance));
                       bool wide = distances.element.isF64();
                       return wide ? product : arith::TruncFOp::create(inner, distances.element, product).getResult();
                     });
}

/// The bucket of a distance s - n, as T5 counts them.
static int32_t bucketOf(int64_t distance, int64_t buckets, bool causal, int64_t greatest) {
  int64_t first = 0, size = -distance;
  if (!causal) {
    buckets /= 2;
    first = distance > 0 ? buckets : 0;
    size = std::abs(distance);
  }
  size = std::max<int64_t>(size, 0);
  int64_t exact = buckets / 2;
  if (size < exact)
    return first + size;
  double range = std::log(static_cast<double>(size) / exact) / std::log(static_cast<double>(greatest) / exact);
  // A border is the first of its range, whatever the logarithms round to.
  int64_t ranged = exact + static_cast<int64_t>(range * (buckets - exact) + 1e-9);
  return first + std::min(ranged, buckets - 1);
}

static Value bucketsOf(ImplicitLocOpBuilder &b, const Distances &distances, int64_t buckets) {
  SmallVector<int32_t> numbers;
  for (int64_t number = 0; number < distances.count(); ++number)
    numbers.push_back(bucketOf(distances.of(number), buckets, distances.causal, distances.greatest));
  auto type = RankedTensorType::get({distances.count()}, b.getI32Type());
  return arith::ConstantOp::create(b, DenseIntElementsAttr::get(type, numbers));
}

static Value transposed(ImplicitLocOpBuilder &b, Value matrix) {
  ArrayRef<int64_t> shape = lower::shapeOf(matrix);
  Value out = emptyTensor(b, {shape[1], shape[0]}, lower::elementOf(matrix));
  return linalg::TransposeOp::create(b, matrix, out, ArrayRef<int64_t>{1, 0})->getResult(0);
}

/// bias[h, d] = table[bucket of d, h]
static Value relativeBias(ImplicitLocOpBuilder &b, const Distances &distances, Value table) {
  Value rows = emptyTensor(b, {distances.count(), distances.heads}, distances.element);
  Value buckets = bucketsOf(b, distances, lower::shapeOf(table)[0]);
  return transposed(b, kernel::GatherOp::create(b, table, buckets, rows).getResult(0));
}

/// dtable[bucket, h] = sum over the distances d of the bucket of dbias[h, d]
static Value relativeGradient(ImplicitLocOpBuilder &b, const Distances &distances, Value biasGradient, Value table) {
  Value zeros = filledTensor(b, lower::shapeOf(table), distances.element, 0.0);
  Value buckets = bucketsOf(b, distances, lower::shapeOf(table)[0]);
  return kernel::ScatterAddOp::create(b, transposed(b, biasGradient), buckets, zeros).getResult(0);
}

static Value biasOf(ImplicitLocOpBuilder &b, const Distances &distances, bool alibi, Value table) {
  OpBuilder::InsertionGuard guard(b);
  leaveLoops(b, table);
  return alibi ? alibiBias(b, distances) : table ? relativeBias(b, distances, table) : Value();
}

//===-- patterns --------------------------------------------------------------------------------------------------===//

namespace {

struct AttentionLowering : OpConversionPattern<AttentionOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(AttentionOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> qkv = op.unpack(b), outs;
    for (Value result : op.getResults())
      outs.push_back(emptyTensor(b, lower::shapeOf(result), lower::elementOf(result)));
    int64_t queries = lower::shapeOf(qkv[0])[1], keys = lower::shapeOf(qkv[1])[1];
    Distances distances{op.getHeadCount(), op.getCausal() ? keys : queries, keys, op.getCausal(), op.getGreatestDistance(),
                        sumType(qkv[0])};
    bool drops = op.getKey() && op.getDropoutRate() > 0;
    kernel::AttentionMask mask{op.getCausal(), adaptor.getKeyLengths(), adaptor.getPosition(),
                               drops ? op.getDropoutRate() : 0.0, drops ? adaptor.getKey() : Value(), op.getWindowSize(),
                               biasOf(b, distances, op.getAlibi(), adaptor.getRelative())};
    rewriter.replaceOp(op, kernel::AttentionOp::create(b, qkv, mask, outs, op.getHeadCount(), op.getKeyValueHeadCount(),
                                                       op.getScaleValue()));
    return success();
  }
};

struct AttentionGradLowering : OpConversionPattern<AttentionGradOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(AttentionGradOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> outs;
    for (Value like : {op.getQ(), op.getK(), op.getV()})
      outs.push_back(emptyTensor(b, lower::shapeOf(like), lower::elementOf(like)));
    int64_t queries = lower::shapeOf(op.getQ())[1], keys = lower::shapeOf(op.getK())[1];
    Distances distances{int64_t(op.getHeads()), op.getCausal() ? keys : queries, keys, op.getCausal(), int64_t(op.getMaxDistance()),
                        sumType(op.getQ())};
    double dropout = op.getDropout().convertToDouble();
    kernel::AttentionMask mask{op.getCausal(), adaptor.getKeyLengths(), adaptor.getPosition(), dropout,
                               dropout > 0 ? adaptor.getKey() : Value(), int64_t(op.getWindow()),
                               biasOf(b, distances, op.getAlibi(), adaptor.getRelative())};
    if (op.getRelative())
      outs.push_back(emptyTensor(b, lower::shapeOf(mask.bias), distances.element));
    SmallVector<Value> inputs = {adaptor.getQ(),         adaptor.getK(),           adaptor.getV(),
                                 adaptor.getOutput(), adaptor.getLogSumExp(), adaptor.getCotangent()};
    auto grad = kernel::AttentionGradOp::create(b, inputs, mask, outs, op.getHeads(), op.getKvHeads(),
                                                op.getScale().convertToDouble());
    SmallVector<Value> results(grad->getResults().take_front(3));
    if (op.getRelative())
      results.push_back(relativeGradient(b, distances, grad->getResult(3), op.getRelative()));
    rewriter.replaceOp(op, results);
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
