// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recurrent family: elementwise choices by the length of a row. Cells are written out before, zeros fold.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

/// (B) seen as (B, 1, ...), to repeat along all dimensions but the first.
static Value perRow(ImplicitLocOpBuilder &b, Value lengths, size_t rank) {
  SmallVector<int64_t> shape(rank, 1);
  shape[0] = lower::shapeOf(lengths)[0];
  return reshapeTensor(b, lengths, shape);
}

namespace {

// y = step < lengths ? x : other
struct ValidRowsLowering : OpConversionPattern<ValidRowsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ValidRowsOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = op.getType().getShape();
    Type element = op.getType().getElementType();
    SmallVector<Value> inputs{adaptor.getInput(), perRow(b, adaptor.getLengths(), shape.size()), adaptor.getStep()};
    if (adaptor.getOther())
      inputs.push_back(adaptor.getOther());
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Value length = arith::ExtSIOp::create(inner, inner.getI64Type(), x[1]);
      Value isThere = arith::CmpIOp::create(inner, arith::CmpIPredicate::slt, x[2], length);
      return arith::SelectOp::create(inner, isThere, x[0], x.size() > 3 ? x[3] : constantFloat(inner, element, 0.0));
    };
    rewriter.replaceOp(op, mapElements(b, shape, element, inputs, body));
    return success();
  }
};

// y[b, ..., s, ...] = s < lengths[b] ? x[b, ..., s, ...] : fill
struct PaddingMaskLowering : OpConversionPattern<PaddingMaskOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(PaddingMaskOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = op.getType().getShape();
    Type element = op.getType().getElementType();
    int64_t axis = op.getAxis();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Value length = arith::IndexCastOp::create(inner, inner.getIndexType(), x[1]);
      Value isThere = arith::CmpIOp::create(inner, arith::CmpIPredicate::slt, linalg::IndexOp::create(inner, axis), length);
      return arith::SelectOp::create(inner, isThere, x[0], constantFloat(inner, element, op.getFill().convertToDouble()));
    };
    Value lengths = perRow(b, adaptor.getLengths(), shape.size());
    rewriter.replaceOp(op, mapElements(b, shape, element, {adaptor.getInput(), lengths}, body));
    return success();
  }
};

} // namespace

void tern::populateRecurrentLowering(RewritePatternSet &patterns) {
  patterns.add<ValidRowsLowering, PaddingMaskLowering>(patterns.getContext());
}
