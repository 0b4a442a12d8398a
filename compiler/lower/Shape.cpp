// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape family: views where the layout allows it, one copy where it does not.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

static SmallVector<OpFoldResult> indices(OpBuilder &b, ArrayRef<int64_t> values) {
  return llvm::map_to_vector(values, [&](int64_t value) -> OpFoldResult { return b.getIndexAttr(value); });
}

/// A box of the tensor that starts at `offset` along one dimension.
static SmallVector<OpFoldResult> offsetsAlong(OpBuilder &b, int64_t rank, int64_t axis, int64_t offset) {
  SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0));
  offsets[axis] = b.getIndexAttr(offset);
  return offsets;
}

static SmallVector<OpFoldResult> ones(OpBuilder &b, int64_t rank) {
  return SmallVector<OpFoldResult>(rank, b.getIndexAttr(1));
}

namespace {

struct LowerReshape : OpConversionPattern<ReshapeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ReshapeOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(op, reshapeTensor(b, adaptor.getInput(), op.getType().getShape()));
    return success();
  }
};

// y[i_p(0), ...] = x[i_0, ...]: a copy, which fuses with what reads it.
struct LowerTranspose : OpConversionPattern<TransposeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(TransposeOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    SmallVector<AffineExpr> source(type.getRank());
    for (auto [dim, from] : llvm::enumerate(op.getPermutation()))
      source[from] = b.getAffineDimExpr(dim);
    SmallVector<AffineMap> maps{AffineMap::get(type.getRank(), 0, source, b.getContext()),
                                b.getMultiDimIdentityMap(type.getRank())};
    SmallVector<utils::IteratorType> loops(type.getRank(), utils::IteratorType::parallel);
    Value empty = emptyTensor(b, type.getShape(), type.getElementType());
    rewriter.replaceOpWithNewOp<linalg::GenericOp>(
        op, TypeRange(type), adaptor.getInput(), empty, maps, loops,
        [](OpBuilder &inner, Location loc, ValueRange x) { linalg::YieldOp::create(inner, loc, x[0]); });
    return success();
  }
};

struct LowerSplit : OpConversionPattern<SplitOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(SplitOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    int64_t axis = op.getAxis(), offset = 0;
    SmallVector<Value> parts;
    for (Value result : op.getResults()) {
      ArrayRef<int64_t> shape = shapeOf(result);
      parts.push_back(tensor::ExtractSliceOp::create(rewriter, op.getLoc(), adaptor.getInput(),
                                                     offsetsAlong(rewriter, shape.size(), axis, offset),
                                                     indices(rewriter, shape), ones(rewriter, shape.size())));
      offset += shape[axis];
    }
    rewriter.replaceOp(op, parts);
    return success();
  }
};

struct LowerConcat : OpConversionPattern<ConcatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(ConcatOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    Value whole = emptyTensor(b, type.getShape(), type.getElementType());
    int64_t axis = op.getAxis(), offset = 0;
    for (Value part : adaptor.getInputs()) {
      ArrayRef<int64_t> shape = shapeOf(part);
      whole = tensor::InsertSliceOp::create(b, part, whole, offsetsAlong(b, shape.size(), axis, offset),
                                            indices(b, shape), ones(b, shape.size()));
      offset += shape[axis];
    }
    rewriter.replaceOp(op, whole);
    return success();
  }
};

struct LowerSlice : OpConversionPattern<SliceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(SliceOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(
        op, op.getType(), adaptor.getInput(), indices(rewriter, op.getOffsets()),
        indices(rewriter, op.getType().getShape()), indices(rewriter, op.getStrideValues()));
    return success();
  }
};

struct LowerPadSlice : OpConversionPattern<PadSliceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(PadSliceOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value zeros = filledTensor(b, op.getType().getShape(), op.getType().getElementType(), 0.0);
    rewriter.replaceOpWithNewOp<tensor::InsertSliceOp>(op, adaptor.getInput(), zeros, indices(b, op.getOffsets()),
                                                       indices(b, shapeOf(adaptor.getInput())),
                                                       indices(b, op.getStrideValues()));
    return success();
  }
};

struct LowerPad : OpConversionPattern<PadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(PadOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    double value = op.getValue().convertToDouble();
    Value scalar = isa<FloatType>(type.getElementType())
                       ? constantFloat(b, type.getElementType(), value)
                       : constantInt(b, type.getElementType(), static_cast<int64_t>(value));
    Value margin = linalg::FillOp::create(b, scalar, emptyTensor(b, type.getShape(), type.getElementType())).getResult(0);
    rewriter.replaceOpWithNewOp<tensor::InsertSliceOp>(op, adaptor.getInput(), margin, indices(b, op.getLow()),
                                                       indices(b, shapeOf(adaptor.getInput())), ones(b, type.getRank()));
    return success();
  }
};

struct LowerBroadcast : OpConversionPattern<BroadcastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(BroadcastOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    rewriter.replaceOp(op, mapElements(b, type.getShape(), type.getElementType(), adaptor.getInput(),
                                       [](ImplicitLocOpBuilder &, ValueRange x) { return x[0]; }));
    return success();
  }
};

} // namespace

void tern::populateShapeLowering(RewritePatternSet &patterns) {
  patterns.add<LowerReshape, LowerTranspose, LowerSplit, LowerConcat, LowerSlice, LowerPadSlice, LowerPad, LowerBroadcast>(
      patterns.getContext());
}
