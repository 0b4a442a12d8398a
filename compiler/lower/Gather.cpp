// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gather family: look-ups become rows of a table and their numbers, what runs along a dimension one linalg op over
// (outer, N, inner).

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/DialectConversion.h"

#include <limits>

using namespace mlir;
using namespace tern;
using namespace tern::lower;

/// (outer, N, inner): the dimensions before the axis as one, the axis, those behind it as one.
static SmallVector<int64_t, 3> aroundAxis(ArrayRef<int64_t> shape, int64_t axis) {
  return {ShapedType::getNumElements(shape.take_front(axis)), shape[axis],
          ShapedType::getNumElements(shape.drop_front(axis + 1))};
}

//===-- gather, scatter_add ---------------------------------------------------------------------------------------===//

namespace {
/// A look-up along an axis of a tensor of `extents` (outer, N, inner), as one of rows in a table. Where all of `inner` has
/// one index, a row is what lies behind the axis, and the table (outer N, inner); else a row is one element.
struct RowLookup {
  RowLookup(ArrayRef<int64_t> table, ArrayRef<int64_t> indices, int64_t axis)
      : axis(axis), extents(aroundAxis(table, axis)),
        wholeRows(llvm::all_of(indices.drop_front(axis + 1), [](int64_t extent) { return extent == 1; })) {}

  int64_t columns() const { return wholeRows ? extents[2] : 1; }
  int64_t rows() const { return extents[0] * extents[1] * (wholeRows ? 1 : extents[2]); }

  /// The row of each element that is looked up: indices of `shape`, the whole of what is looked up, as one list.
  Value rowNumbers(ImplicitLocOpBuilder &b, Value indices, ArrayRef<int64_t> shape) const {
    ArrayRef<int64_t> loops = wholeRows ? shape.take_front(axis + 1) : shape;
    Value operand = reshapeTensor(b, indices, lower::shapeOf(indices).take_front(loops.size()));
    Value numbers = mapElements(b, loops, b.getI32Type(), operand, [&](ImplicitLocOpBuilder &inner, ValueRange x) {
      return rowNumber(inner, x[0], loops);
    });
    return reshapeTensor(b, numbers, {ShapedType::getNumElements(loops)});
  }

private:
  /// ((outer number) N + clamped index) (elements behind the axis) + (number behind the axis)
  Value rowNumber(ImplicitLocOpBuilder &b, Value index, ArrayRef<int64_t> loops) const {
    Type type = index.getType();
    index = arith::MaxSIOp::create(b, index, constantInt(b, type, 0));
    index = arith::MinSIOp::create(b, index, constantInt(b, type, extents[1] - 1));
    if (!type.isInteger(32))
      index = arith::TruncIOp::create(b, b.getI32Type(), index);
    Value row;
    for (auto [loop, extent] : llvm::enumerate(loops)) {
      bool isAxis = static_cast<int64_t>(loop) == axis;
      Value here = index;
      if (!isAxis)
        here = arith::IndexCastOp::create(b, b.getI32Type(), linalg::IndexOp::create(b, loop));
      Value scale = constantInt(b, b.getI32Type(), isAxis ? extents[1] : extent);
      row = row ? arith::AddIOp::create(b, arith::MulIOp::create(b, row, scale), here).getResult() : here;
    }
    return row;
  }

  int64_t axis;
  SmallVector<int64_t, 3> extents;
  bool wholeRows;
};
} // namespace

/// Numbers of rows are i32.
static LogicalResult checkRows(Operation *op, const RowLookup &lookup) {
  if (lookup.rows() <= std::numeric_limits<int32_t>::max())
    return success();
  return op->emitOpError("looks up in ") << lookup.rows() << " rows, 2147483647 at most; give it indices of extent 1 behind the "
                                                             "dimension, so that its rows are longer";
}

namespace {
struct LowerGather : OpConversionPattern<GatherOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(GatherOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value input = adaptor.getInput(), indices = adaptor.getIndices();
    RowLookup lookup(shapeOf(input), shapeOf(indices), op.getAxis());
    if (failed(checkRows(op, lookup)))
      return failure();
    Value numbers = lookup.rowNumbers(b, indices, op.getType().getShape());
    Value table = reshapeTensor(b, input, {lookup.rows(), lookup.columns()});
    Value out = emptyTensor(b, {shapeOf(numbers)[0], lookup.columns()}, elementOf(input));
    Value rows = kernel::GatherOp::create(b, table, numbers, out).getResult(0);
    rewriter.replaceOp(op, reshapeTensor(b, rows, op.getType().getShape()));
    return success();
  }
};

struct LowerScatterAdd : OpConversionPattern<ScatterAddOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ScatterAddOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value input = adaptor.getInput(), indices = adaptor.getIndices(), onto = adaptor.getOnto();
    ArrayRef<int64_t> shape = op.getType().getShape();
    RowLookup lookup(shape, shapeOf(indices), op.getAxis());
    if (failed(checkRows(op, lookup)))
      return failure();
    Value numbers = lookup.rowNumbers(b, indices, shapeOf(input));
    Value rows = reshapeTensor(b, input, {shapeOf(numbers)[0], lookup.columns()});
    Value start = onto ? onto : filledTensor(b, shape, elementOf(input), 0.0);
    Value table = reshapeTensor(b, start, {lookup.rows(), lookup.columns()});
    Value sums = kernel::ScatterAddOp::create(b, rows, numbers, table).getResult(0);
    rewriter.replaceOp(op, reshapeTensor(b, sums, shape));
    return success();
  }
};

//===-- one_hot ---------------------------------------------------------------------------------------------------===//

struct LowerOneHot : OpConversionPattern<OneHotOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(OneHotOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    SmallVector<int64_t> column(shapeOf(adaptor.getIndices()));
    column.push_back(1);
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Value position = linalg::IndexOp::create(inner, type.getRank() - 1);
      Value hit = arith::CmpIOp::create(inner, arith::CmpIPredicate::eq, x[0],
                                        arith::IndexCastOp::create(inner, x[0].getType(), position));
      Value one = constantFloat(inner, type.getElementType(), 1.0), zero = constantFloat(inner, type.getElementType(), 0.0);
      return arith::SelectOp::create(inner, hit, one, zero);
    };
    Value indices = reshapeTensor(b, adaptor.getIndices(), column);
    rewriter.replaceOp(op, mapElements(b, type.getShape(), type.getElementType(), indices, body));
    return success();
  }
};
} // namespace

//===-- top_k -----------------------------------------------------------------------------------------------------===//

/// One step of the search for the largest element behind (value, index) in the order of the result. x is: element, value and
/// index before, best so far and its index, which is `none` while there is none.
static void nextLargest(OpBuilder &builder, Location loc, ValueRange x, int64_t none) {
  ImplicitLocOpBuilder b(loc, builder);
  Type integer = b.getI32Type();
  Value position = arith::IndexCastOp::create(b, integer, linalg::IndexOp::create(b, 1));
  auto compare = [&](arith::CmpFPredicate relation, Value l, Value r) -> Value { return arith::CmpFOp::create(b, relation, l, r); };
  Value behind = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, position, x[2]);
  Value tied = arith::AndIOp::create(b, compare(arith::CmpFPredicate::OEQ, x[0], x[1]), behind);
  Value follows = arith::OrIOp::create(b, compare(arith::CmpFPredicate::OLT, x[0], x[1]), tied);
  Value isFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x[4], constantInt(b, integer, none));
  Value larger = arith::OrIOp::create(b, compare(arith::CmpFPredicate::OGT, x[0], x[3]), isFirst);
  Value taken = arith::AndIOp::create(b, follows, larger);
  Value best = arith::SelectOp::create(b, taken, x[0], x[3]), where = arith::SelectOp::create(b, taken, position, x[4]);
  linalg::YieldOp::create(b, ValueRange{best, where});
}

static Value filledWithInteger(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, int64_t value) {
  return linalg::FillOp::create(b, constantInt(b, b.getI32Type(), value), emptyTensor(b, shape, b.getI32Type())).getResult(0);
}

namespace {
// k searches, each for what comes after the one before: (outer, N, inner) to k slices of (outer, inner).
struct LowerTopK : OpConversionPattern<TopKOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(TopKOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<int64_t, 3> extents = aroundAxis(shapeOf(adaptor.getInput()), op.getAxis());
    Value x = reshapeTensor(b, adaptor.getInput(), extents);
    SmallVector<int64_t> slice{extents[0], extents[2]}, list{extents[0], static_cast<int64_t>(op.getK()), extents[2]};
    double infinity = std::numeric_limits<double>::infinity();
    SmallVector<Value> state{emptyTensor(b, list, elementOf(x)), emptyTensor(b, list, b.getI32Type()),
                             filledTensor(b, slice, elementOf(x), infinity), filledWithInteger(b, slice, -1)};
    Value zero = arith::ConstantIndexOp::create(b, 0), one = arith::ConstantIndexOp::create(b, 1);
    Value end = arith::ConstantIndexOp::create(b, op.getK());
    auto loop = scf::ForOp::create(b, zero, end, one, state, [&](OpBuilder &inner, Location loc, Value number, ValueRange old) {
      ImplicitLocOpBuilder body(loc, inner);
      SmallVector<Value> found = search(body, x, old[2], old[3]);
      scf::YieldOp::create(body, ValueRange{withSlice(body, found[0], old[0], number),
                                            withSlice(body, found[1], old[1], number), found[0], found[1]});
    });
    ArrayRef<int64_t> shape = shapeOf(op.getValues());
    rewriter.replaceOp(op, {reshapeTensor(b, loop.getResult(0), shape), reshapeTensor(b, loop.getResult(1), shape)});
    return success();
  }

private:
  static SmallVector<Value> search(ImplicitLocOpBuilder &b, Value x, Value value, Value index) {
    ArrayRef<int64_t> slice = shapeOf(value);
    int64_t count = shapeOf(x)[1];
    Value best = filledTensor(b, slice, elementOf(x), -std::numeric_limits<double>::infinity());
    Value where = filledWithInteger(b, slice, count);
    AffineMap all = b.getMultiDimIdentityMap(3), kept = all.dropResult(1);
    SmallVector<utils::IteratorType> loops{utils::IteratorType::parallel, utils::IteratorType::reduction,
                                           utils::IteratorType::parallel};
    auto op = linalg::GenericOp::create(
        b, TypeRange{best.getType(), where.getType()}, ValueRange{x, value, index}, ValueRange{best, where},
        ArrayRef<AffineMap>{all, kept, kept, kept, kept}, loops,
        [&](OpBuilder &inner, Location loc, ValueRange arguments) { nextLargest(inner, loc, arguments, count); });
    return SmallVector<Value>(op.getResults());
  }

  /// `list` with [:, number, :] = slice.
  static Value withSlice(ImplicitLocOpBuilder &b, Value slice, Value list, Value number) {
    OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
    SmallVector<OpFoldResult> offsets{zero, number, zero}, strides{one, one, one};
    SmallVector<OpFoldResult> sizes{b.getIndexAttr(shapeOf(list)[0]), one, b.getIndexAttr(shapeOf(list)[2])};
    return tensor::InsertSliceOp::create(b, slice, list, offsets, sizes, strides);
  }
};

//===-- cumsum ----------------------------------------------------------------------------------------------------===//

// The sum so far is one out of a linalg op, what it was at each step the other: steps of a reduction are done in order.
//   for o, i, n (in order): y[o, n, i] = sum[o, i] += x[o, n, i]
struct LowerCumsum : OpConversionPattern<CumsumOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(CumsumOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<int64_t, 3> extents = aroundAxis(op.getType().getShape(), op.getAxis());
    Value x = reshapeTensor(b, adaptor.getInput(), extents);
    Value sum = filledTensor(b, {extents[0], extents[2]}, elementOf(x), 0.0), y = emptyTensor(b, extents, elementOf(x));
    Value steps = emptyTensor(b, extents[1], elementOf(x)); // says how many there are: other maps may run backwards
    AffineExpr outer = b.getAffineDimExpr(0), step = b.getAffineDimExpr(1), inner = b.getAffineDimExpr(2);
    AffineExpr at = op.getReverse() ? extents[1] - 1 - step : step;
    auto map = [&](ArrayRef<AffineExpr> results) { return AffineMap::get(3, 0, results, b.getContext()); };
    SmallVector<AffineMap> maps{map({outer, at, inner}), map({step}), map({outer, inner}), map({outer, at, inner})};
    SmallVector<utils::IteratorType> loops{utils::IteratorType::parallel, utils::IteratorType::reduction,
                                           utils::IteratorType::parallel};
    auto scan = linalg::GenericOp::create(
        b, TypeRange{sum.getType(), y.getType()}, ValueRange{x, steps}, ValueRange{sum, y}, maps, loops,
        [&](OpBuilder &builder, Location loc, ValueRange arguments) {
          Value after = arith::AddFOp::create(builder, loc, arguments[2], arguments[0]);
          linalg::YieldOp::create(builder, loc, ValueRange{after, op.getExclusive() ? arguments[2] : after});
        });
    rewriter.replaceOp(op, reshapeTensor(b, scan.getResult(1), op.getType().getShape()));
    return success();
  }
};
} // namespace

void tern::populateGatherLowering(RewritePatternSet &patterns) {
  patterns.add<LowerGather, LowerScatterAdd, LowerOneHot, LowerTopK, LowerCumsum>(patterns.getContext());
}
