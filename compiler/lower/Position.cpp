// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: tables are computed where they are used, or in front of the loops around, and added or turned by.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

/// A position per batch row, against everything of the row: () stays, (B) becomes (B, 1, ...).
Value acrossRow(ImplicitLocOpBuilder &b, Value position, int64_t rank) {
  SmallVector<int64_t> shape(lower::shapeOf(position));
  if (!shape.empty())
    shape.append(rank - 1, 1);
  return reshapeTensor(b, position, shape);
}

/// (B), where each batch row has its position, before the given shape.
SmallVector<int64_t> withBatch(Value position, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> whole;
  if (position)
    llvm::append_range(whole, lower::shapeOf(position));
  llvm::append_range(whole, shape);
  return whole;
}

/// Place of token `token` as i32: p + t.
Value placeOf(ImplicitLocOpBuilder &b, unsigned tokenLoop, Value first) {
  Value token = arith::IndexCastOp::create(b, b.getI32Type(), linalg::IndexOp::create(b, tokenLoop));
  return first ? arith::AddIOp::create(b, token, first).getResult() : token;
}

/// sin(angle). In f32, of what is left of the angle after whole turns: it is rounded after that, not before.
Value sineOf(ImplicitLocOpBuilder &b, Value angle, Type element) {
  if (element.isF64())
    return math::SinOp::create(b, angle);
  constexpr double turn = 6.283185307179586476925286766559;
  Type f64 = b.getF64Type();
  Value turns = arith::MulFOp::create(b, angle, constantFloat(b, f64, 1 / turn));
  Value half = arith::AddFOp::create(b, turns, constantFloat(b, f64, 0.5));
  Value whole = arith::SIToFPOp::create(b, f64, arith::FPToSIOp::create(b, b.getI32Type(), half));
  Value rest = arith::SubFOp::create(b, angle, arith::MulFOp::create(b, whole, constantFloat(b, f64, turn)));
  return math::SinOp::create(b, arith::TruncFOp::create(b, element, rest));
}

/// table[t, c] = sin((p + t) frequencies[c] + phases[c]), with a dimension for the batch where each row has its position.
Value sineTable(ImplicitLocOpBuilder &b, Value position, int64_t tokens, ArrayRef<double> frequencies,
                ArrayRef<double> phases, Type element) {
  OpBuilder::InsertionGuard guard(b);
  leaveLoops(b, position);
  int64_t columns = frequencies.size();
  SmallVector<int64_t> shape = withBatch(position, {tokens, columns});
  auto row = [&](ArrayRef<double> numbers) -> Value {
    auto type = RankedTensorType::get({columns}, b.getF64Type());
    return arith::ConstantOp::create(b, DenseElementsAttr::get(type, numbers));
  };
  SmallVector<Value> inputs = {row(frequencies), row(phases)};
  if (position)
    inputs.push_back(acrossRow(b, position, shape.size()));
  unsigned tokenLoop = shape.size() - 2;
  return mapElements(b, shape, element, inputs, [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    Value place = placeOf(inner, tokenLoop, position ? x[2] : Value());
    Value number = arith::SIToFPOp::create(inner, inner.getF64Type(), place);
    Value angle = arith::AddFOp::create(inner, arith::MulFOp::create(inner, number, x[0]), x[1]);
    return sineOf(inner, angle, element);
  });
}

Value plus(ImplicitLocOpBuilder &b, ValueRange x) { return arith::AddFOp::create(b, x[0], x[1]); }

constexpr double quarterTurn = 1.5707963267948966192313216916398;

struct PositionEmbeddingLowering : OpConversionPattern<PositionEmbeddingOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(PositionEmbeddingOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = op.getType().getShape();
    Value rows = adaptor.getPosition() ? gatherRows(b, adaptor.getTable(), adaptor.getPosition(), shape[1])
                                       : sliceRows(b, adaptor.getTable(), b.getIndexAttr(0), shape[1]); // (T, C) or (B, T, C)
    rewriter.replaceOp(op, mapElements(b, shape, op.getType().getElementType(), {adaptor.getInput(), rows}, plus));
    return success();
  }

private:
  /// Rows p + t of the table.
  static Value gatherRows(ImplicitLocOpBuilder &b, Value table, Value position, int64_t tokens) {
    SmallVector<int64_t> shape = withBatch(position, {tokens});
    unsigned tokenLoop = shape.size() - 1;
    Value places = mapElements(b, shape, b.getI32Type(), acrossRow(b, position, shape.size()),
                               [&](ImplicitLocOpBuilder &inner, ValueRange x) { return placeOf(inner, tokenLoop, x[0]); });
    int64_t count = ShapedType::getNumElements(shape), channels = lower::shapeOf(table)[1];
    Value out = emptyTensor(b, {count, channels}, lower::elementOf(table));
    Value rows = kernel::GatherOp::create(b, table, reshapeTensor(b, places, {count}), out).getResult(0);
    shape.push_back(channels);
    return reshapeTensor(b, rows, shape);
  }
};

struct SinusoidalLowering : OpConversionPattern<SinusoidalOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(SinusoidalOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<double> frequencies, phases;
    for (int64_t c = 0; c < shape[2]; ++c) {
      frequencies.push_back(std::pow(10000.0, -static_cast<double>(c / 2 * 2) / shape[2]));
      phases.push_back(c % 2 ? quarterTurn : 0);
    }
    Type element = op.getType().getElementType();
    Value table = sineTable(b, adaptor.getPosition(), shape[1], frequencies, phases, element);
    rewriter.replaceOp(op, mapElements(b, shape, element, {adaptor.getInput(), table}, plus));
    return success();
  }
};

// The table has the cosines of all pairs, then their sines.
struct RopeLowering : OpConversionPattern<RopeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(RopeOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    SmallVector<double> frequencies = op.getFrequencies(), phases(frequencies.size(), quarterTurn);
    phases.append(frequencies.size(), 0.0);
    frequencies.append(SmallVector<double>(frequencies));
    Value table = sineTable(b, adaptor.getPosition(), type.getDimSize(1), frequencies, phases, type.getElementType());
    Value out = emptyTensor(b, type.getShape(), type.getElementType());
    bool interleaved = op.getLayout() == RotaryLayout::interleaved;
    rewriter.replaceOp(op, kernel::RotationOp::create(b, adaptor.getInput(), table, out, op.getHeadCount(),
                                                      op.getTurningHeadCount(), interleaved, op.getInverse()));
    return success();
  }
};

} // namespace

void tern::populatePositionLowering(RewritePatternSet &patterns) {
  patterns.add<PositionEmbeddingLowering, SinusoidalLowering, RopeLowering>(patterns.getContext());
}
