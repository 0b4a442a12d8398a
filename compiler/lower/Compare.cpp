// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compare family: each op is one linalg.generic, its body a comparison or a selection.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

//===-- comparisons -----------------------------------------------------------------------------------------------===//

namespace {
/// How an op compares floating-point numbers and integers.
template <typename Op>
struct Relation;
#define TERN_RELATION(OP, FLOAT, INTEGER)                                                                              \
  template <>                                                                                                          \
  struct Relation<OP> {                                                                                                \
    static constexpr auto ofFloats = arith::CmpFPredicate::FLOAT;                                                      \
    static constexpr auto ofIntegers = arith::CmpIPredicate::INTEGER;                                                  \
  };
TERN_RELATION(EqualOp, OEQ, eq)
TERN_RELATION(NotEqualOp, UNE, ne)
TERN_RELATION(LessOp, OLT, slt)
TERN_RELATION(LessEqualOp, OLE, sle)
TERN_RELATION(GreaterOp, OGT, sgt)
TERN_RELATION(GreaterEqualOp, OGE, sge)
#undef TERN_RELATION
} // namespace

/// A bit as an element of the type: itself, or 1 and 0.
static Value asElement(ImplicitLocOpBuilder &b, Value bit, Type element) {
  if (element.isInteger(1))
    return bit;
  return arith::SelectOp::create(b, bit, constantFloat(b, element, 1.0), constantFloat(b, element, 0.0));
}

namespace {
template <typename Op>
struct LowerComparison : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) {
      Value bit = isa<FloatType>(x[0].getType())
                      ? arith::CmpFOp::create(inner, Relation<Op>::ofFloats, x[0], x[1]).getResult()
                      : arith::CmpIOp::create(inner, Relation<Op>::ofIntegers, x[0], x[1]).getResult();
      return asElement(inner, bit, type.getElementType());
    };
    rewriter.replaceOp(op, mapElements(b, type.getShape(), type.getElementType(), adaptor.getOperands(), body));
    return success();
  }
};

//===-- where, length_mask ----------------------------------------------------------------------------------------===//

struct LowerWhere : OpConversionPattern<WhereOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(WhereOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Value holds = x[0];
      if (auto number = dyn_cast<FloatType>(holds.getType()))
        holds = arith::CmpFOp::create(inner, arith::CmpFPredicate::UNE, holds, constantFloat(inner, number, 0.0));
      return arith::SelectOp::create(inner, holds, x[1], x[2]);
    };
    rewriter.replaceOp(op, mapElements(b, type.getShape(), type.getElementType(), adaptor.getOperands(), body));
    return success();
  }
};

struct LowerLengthMask : OpConversionPattern<LengthMaskOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(LengthMaskOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    Value lengths = perRow(b, adaptor.getLengths(), /*rank=*/2);
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) {
      return asElement(inner, isBelow(inner, /*dim=*/1, x[0]), type.getElementType());
    };
    rewriter.replaceOp(op, mapElements(b, type.getShape(), type.getElementType(), lengths, body));
    return success();
  }
};
} // namespace

void tern::populateCompareLowering(RewritePatternSet &patterns) {
  patterns.add<LowerComparison<EqualOp>, LowerComparison<NotEqualOp>, LowerComparison<LessOp>, LowerComparison<LessEqualOp>,
               LowerComparison<GreaterOp>, LowerComparison<GreaterEqualOp>, LowerWhere, LowerLengthMask>(patterns.getContext());
}
