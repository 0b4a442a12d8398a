// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise family: each op is one linalg.generic, its body the formula of one element.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

#include <cmath>

using namespace mlir;
using namespace tern;
using namespace tern::lower;

//===-- scalars ---------------------------------------------------------------------------------------------------===//

namespace {
/// Scalar arithmetic in the words of the formulas.
struct Scalar {
  ImplicitLocOpBuilder &b;
  Type type;

  Value number(double value) { return constantFloat(b, type, value); }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(b, x, y); }
  Value scale(Value x, double factor) { return mul(x, number(factor)); }
  Value shift(Value x, double term) { return add(x, number(term)); }
  Value exp(Value x) { return math::ExpOp::create(b, x); }
  Value tanh(Value x) { return math::TanhOp::create(b, x); }
  Value erf(Value x) { return math::ErfOp::create(b, x); }
  /// x > 0 ? yes : no.
  Value positive(Value x, Value yes, Value no) {
    Value right = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, number(0.0));
    return arith::SelectOp::create(b, right, yes, no);
  }
  /// x^n, n a small natural number: its square, squared and multiplied.
  Value naturalPower(Value x, unsigned n) {
    if (n == 0)
      return number(1.0);
    Value root = naturalPower(x, n / 2), square = n == 1 ? root : mul(root, root);
    return n == 1 ? x : n % 2 == 0 ? square : mul(square, x);
  }
  /// x^p, by multiplications where p is a small integer.
  Value power(Value x, double p) {
    constexpr double most = 16;
    bool isNatural = std::floor(p) == p && std::fabs(p) <= most;
    if (isNatural)
      return p < 0 ? div(number(1.0), naturalPower(x, static_cast<unsigned>(-p))) : naturalPower(x, static_cast<unsigned>(p));
    return math::PowFOp::create(b, x, number(p));
  }
  /// y sigmoid(x) = y e / (1 + e) with e = e^-|x| below 0, y / (1 + e) above: it neither overflows nor cancels in either tail.
  Value timesSigmoid(Value y, Value x) {
    Value e = exp(arith::NegFOp::create(b, math::AbsFOp::create(b, x)));
    Value negative = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x, number(0.0));
    return div(arith::SelectOp::create(b, negative, mul(y, e), y), shift(e, 1.0));
  }
  Value sigmoid(Value x) { return timesSigmoid(number(1.0), x); }
  /// 2 sqrt(2/pi) (x + 0.044715 x^3): (1 + tanh(u)) / 2 is sigmoid(2 u), which keeps its accuracy where tanh is near -1.
  Value geluArgument(Value x) {
    Value cubic = shift(scale(mul(x, x), 0.044715), 1.0);
    return scale(mul(x, cubic), 2.0 * std::sqrt(2.0 / M_PI));
  }
};
} // namespace

//===-- the formula of each op ------------------------------------------------------------------------------------===//

static Value formula(AddOp, Scalar s, ValueRange x) { return s.add(x[0], x[1]); }
static Value formula(SubOp, Scalar s, ValueRange x) { return s.sub(x[0], x[1]); }
static Value formula(MulOp, Scalar s, ValueRange x) { return s.mul(x[0], x[1]); }
static Value formula(DivOp, Scalar s, ValueRange x) { return s.div(x[0], x[1]); }
static Value formula(MaximumOp, Scalar s, ValueRange x) { return arith::MaximumFOp::create(s.b, x[0], x[1]); }
static Value formula(MinimumOp, Scalar s, ValueRange x) { return arith::MinimumFOp::create(s.b, x[0], x[1]); }

static Value formula(NegOp, Scalar s, ValueRange x) { return arith::NegFOp::create(s.b, x[0]); }
static Value formula(ExpOp, Scalar s, ValueRange x) { return s.exp(x[0]); }
static Value formula(LogOp, Scalar s, ValueRange x) { return math::LogOp::create(s.b, x[0]); }
static Value formula(SqrtOp, Scalar s, ValueRange x) { return math::SqrtOp::create(s.b, x[0]); }
static Value formula(RsqrtOp, Scalar s, ValueRange x) { return math::RsqrtOp::create(s.b, x[0]); }
static Value formula(AbsOp, Scalar s, ValueRange x) { return math::AbsFOp::create(s.b, x[0]); }
static Value formula(SinOp, Scalar s, ValueRange x) { return math::SinOp::create(s.b, x[0]); }
static Value formula(CosOp, Scalar s, ValueRange x) { return math::CosOp::create(s.b, x[0]); }
static Value formula(PowOp op, Scalar s, ValueRange x) { return s.power(x[0], op.getExponent().convertToDouble()); }
static Value formula(TanhOp, Scalar s, ValueRange x) { return s.tanh(x[0]); }
static Value formula(ErfOp, Scalar s, ValueRange x) { return s.erf(x[0]); }
static Value formula(SigmoidOp, Scalar s, ValueRange x) { return s.sigmoid(x[0]); }
static Value formula(StepOp, Scalar s, ValueRange x) { return s.positive(x[0], s.number(1.0), s.number(0.0)); }

static Value formula(ReluOp, Scalar s, ValueRange x) { return s.positive(x[0], x[0], s.number(0.0)); }
static Value formula(SiluOp, Scalar s, ValueRange x) { return s.timesSigmoid(x[0], x[0]); }
static Value formula(LeakyReluOp op, Scalar s, ValueRange x) {
  return s.positive(x[0], x[0], s.scale(x[0], op.getSlope().convertToDouble()));
}
static Value formula(PreluOp, Scalar s, ValueRange x) { return s.positive(x[0], x[0], s.mul(x[1], x[0])); }
static Value formula(EluOp op, Scalar s, ValueRange x) {
  Value left = math::ExpM1Op::create(s.b, x[0]);
  return s.positive(x[0], x[0], s.scale(left, op.getAlpha().convertToDouble()));
}
static Value formula(GeluOp op, Scalar s, ValueRange x) {
  if (op.getApproximate() == GeluApproximation::tanh)
    return s.timesSigmoid(x[0], s.geluArgument(x[0]));
  return s.mul(s.scale(x[0], 0.5), s.shift(s.erf(s.scale(x[0], M_SQRT1_2)), 1.0));
}

// Exact: dx = dy ((1 + erf(x/sqrt 2))/2 + x e^(-x^2/2) / sqrt(2 pi)).
// tanh:  dx = dy v (1 + x (1 - v) 2 sqrt(2/pi) (1 + 3 0.044715 x^2)), v = (1 + t)/2.
static Value formula(GeluGradOp op, Scalar s, ValueRange x) {
  Value square = s.mul(x[0], x[0]), slope;
  if (op.getApproximate() == GeluApproximation::none) {
    Value density = s.scale(s.exp(s.scale(square, -0.5)), 1.0 / std::sqrt(2.0 * M_PI));
    Value distribution = s.scale(s.shift(s.erf(s.scale(x[0], M_SQRT1_2)), 1.0), 0.5);
    slope = s.add(distribution, s.mul(x[0], density));
  } else {
    Value v = s.sigmoid(s.geluArgument(x[0]));
    Value inner = s.scale(s.shift(s.scale(square, 3 * 0.044715), 1.0), 2.0 * std::sqrt(2.0 / M_PI));
    slope = s.mul(v, s.shift(s.mul(x[0], s.mul(s.sub(s.number(1.0), v), inner)), 1.0));
  }
  return s.mul(x[1], slope);
}

// With v = sigmoid(x): dx = dy v (1 + x (1 - v)).
static Value formula(SiluGradOp, Scalar s, ValueRange x) {
  Value v = s.sigmoid(x[0]);
  Value slope = s.mul(v, s.shift(s.mul(x[0], s.sub(s.number(1.0), v)), 1.0));
  return s.mul(x[1], slope);
}

//===-- conversion ------------------------------------------------------------------------------------------------===//

namespace {
template <typename Op>
struct LowerElementwise : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    Value result = mapElements(b, type.getShape(), type.getElementType(), adaptor.getOperands(),
                               [&](ImplicitLocOpBuilder &element, ValueRange scalars) {
                                 return formula(op, Scalar{element, type.getElementType()}, scalars);
                               });
    rewriter.replaceOp(op, result);
    return success();
  }
};

template <typename... Ops>
void addElementwise(RewritePatternSet &patterns) {
  patterns.add<LowerElementwise<Ops>...>(patterns.getContext());
}
} // namespace

void tern::populateElementwiseLowering(RewritePatternSet &patterns) {
  addElementwise<AddOp, SubOp, MulOp, DivOp, MaximumOp, MinimumOp>(patterns);
  addElementwise<NegOp, ExpOp, LogOp, SqrtOp, RsqrtOp, AbsOp, SinOp, CosOp, PowOp, TanhOp, ErfOp, SigmoidOp, StepOp>(patterns);
  addElementwise<ReluOp, SiluOp, LeakyReluOp, PreluOp, EluOp, GeluOp, GeluGradOp, SiluGradOp>(patterns);
}
