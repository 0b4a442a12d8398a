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

/// Zero, or false.
static Value zeroOf(ImplicitLocOpBuilder &b, Type element) {
  return isa<FloatType>(element) ? constantFloat(b, element, 0.0) : constantInt(b, element, 0);
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
      return arith::SelectOp::create(inner, isThere, x[0], x.size() > 3 ? x[3] : zeroOf(inner, element));
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
      Value fill = constantFloat(inner, element, op.getFill().convertToDouble());
      return arith::SelectOp::create(inner, isBelow(inner, axis, x[1]), x[0], fill);
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
