// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise family: arithmetic with broadcasting, functions, activations.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <cmath>

using namespace mlir;

namespace tern {

//===-- folding ---------------------------------------------------------------------------------------------------===//

/// The number that a constant operand has everywhere, or nullopt.
static std::optional<double> splatValue(Attribute attribute) {
  auto splat = dyn_cast_if_present<SplatElementsAttr>(attribute);
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  APFloat value = splat.getSplatValue<APFloat>();
  bool losesInfo = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

/// A constant of the type that has one value everywhere; null while an extent is dynamic.
static Attribute splatOf(Type type, double value) {
  auto tensor = cast<RankedTensorType>(type);
  if (!tensor.hasStaticShape())
    return {};
  return DenseElementsAttr::get(tensor, FloatAttr::get(tensor.getElementType(), value).getValue());
}

static bool isSplat(Attribute attribute, double value) { return splatValue(attribute) == value; }

//===-- one operand -----------------------------------------------------------------------------------------------===//

// One op a line: its value, for constants, and the cotangent dx of its operand from the cotangent dy of its result y.
#define TERN_UNARY(OP, VALUE, COTANGENT)                                                                               \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,                          \
                                     SmallVectorImpl<Type> &types) {                                                   \
    types.push_back(adaptor.getInput().getType());                                                                     \
    return success();                                                                                                  \
  }                                                                                                                    \
  OpFoldResult OP::fold(FoldAdaptor adaptor) {                                                                         \
    std::optional<double> constant = splatValue(adaptor.getInput());                                                   \
    if (!constant)                                                                                                     \
      return {};                                                                                                       \
    double x = *constant;                                                                                              \
    return splatOf(getType(), VALUE);                                                                                  \
  }                                                                                                                    \
  void OP::buildGradient(GradBuilder &g) {                                                                             \
    [[maybe_unused]] Value x = getInput(), y = getResult(), dy = g.cotangent();                                        \
    g.accumulate(0u, COTANGENT);                                                                                       \
  }

static double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

static Value step(GradBuilder &g, Value x) { return StepOp::create(g.getBuilder(), g.getLoc(), x); }
static Value exponential(GradBuilder &g, Value x) { return ExpOp::create(g.getBuilder(), g.getLoc(), x); }
/// 1 - x.
static Value complement(GradBuilder &g, Value x) { return g.sub(g.constant(1.0, x), x); }

// dx = -dy
TERN_UNARY(NegOp, -x, g.neg(dy))
// dx = dy y
TERN_UNARY(ExpOp, std::exp(x), g.mul(dy, y))
// dx = dy / x
TERN_UNARY(LogOp, std::log(x), g.div(dy, x))
// dx = dy / (2 y)
TERN_UNARY(SqrtOp, std::sqrt(x), g.div(g.scale(dy, 0.5), y))
// dx = -1/2 dy y^3
TERN_UNARY(RsqrtOp, 1.0 / std::sqrt(x), g.mul(g.scale(dy, -0.5), g.mul(y, g.mul(y, y))))
// dx = dy (1 - y^2)
TERN_UNARY(TanhOp, std::tanh(x), g.mul(dy, complement(g, g.mul(y, y))))
// dx = dy 2/sqrt(pi) e^(-x^2)
TERN_UNARY(ErfOp, std::erf(x), g.mul(g.scale(dy, 2.0 / std::sqrt(M_PI)), exponential(g, g.neg(g.mul(x, x)))))
// dx = dy y (1 - y)
TERN_UNARY(SigmoidOp, sigmoid(x), g.mul(dy, g.mul(y, complement(g, y))))
// dx = 0
TERN_UNARY(StepOp, x > 0.0 ? 1.0 : 0.0, g.zerosLike(x))
// dx = x > 0 ? dy : 0
TERN_UNARY(ReluOp, x > 0.0 ? x : 0.0, g.mul(dy, step(g, x)))
// dx = dy s (1 + x (1 - s)), s = sigmoid(x)
TERN_UNARY(SiluOp, x *sigmoid(x), SiluGradOp::create(g.getBuilder(), g.getLoc(), x, dy))

//===-- leaky_relu, elu, gelu -------------------------------------------------------------------------------------===//

static double gelu(double x, GeluApproximation approximate) {
  if (approximate == GeluApproximation::none)
    return 0.5 * x * (1.0 + std::erf(x * M_SQRT1_2));
  return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x)));
}

/// dy (s + (1 - s) left): dy right of zero, dy left of zero times a slope that may be a tensor.
static Value kinked(GradBuilder &g, Value x, Value dy, Value left) {
  Value s = step(g, x);
  return g.mul(dy, g.add(s, g.mul(complement(g, s), left)));
}

// dx = x > 0 ? dy : slope dy
TERN_UNARY(LeakyReluOp, x > 0.0 ? x : getSlope().convertToDouble() * x,
           kinked(g, x, dy, g.constant(getSlope().convertToDouble(), x)))
// dx = x > 0 ? dy : dy (y + alpha)
TERN_UNARY(EluOp, x > 0.0 ? x : getAlpha().convertToDouble() * std::expm1(x),
           kinked(g, x, dy, g.shift(y, getAlpha().convertToDouble())))
// dx = dy (Phi(x) + x phi(x)), or the derivative of the approximation
TERN_UNARY(GeluOp, gelu(x, getApproximate()), GeluGradOp::create(g.getBuilder(), g.getLoc(), x, dy, getApproximate()))

#undef TERN_UNARY

LogicalResult GeluGradOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult SiluGradOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

//===-- two operands ----------------------------------------------------------------------------------------------===//

static LogicalResult inferBroadcast(StringRef name, std::optional<Location> loc, Type lhs, Type rhs,
                                    SmallVectorImpl<Type> &types) {
  if (elementOf(lhs) != elementOf(rhs))
    return emitOptionalError(loc, name, ": element types ", elementOf(lhs), " and ", elementOf(rhs), " differ");
  FailureOr<SmallVector<int64_t>> shape = broadcastShapes(loc, shapeOf(lhs), shapeOf(rhs));
  if (failed(shape))
    return failure();
  types.push_back(withShape(lhs, *shape));
  return success();
}

// One op a line: its value on constants a and b. Identities and gradients follow one by one.
#define TERN_BINARY(OP, VALUE)                                                                                         \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,                      \
                                     SmallVectorImpl<Type> &types) {                                                   \
    return inferBroadcast(getOperationName(), loc, adaptor.getLhs().getType(), adaptor.getRhs().getType(), types);     \
  }                                                                                                                    \
  static Attribute foldConstants(OP op, OP::FoldAdaptor adaptor) {                                                     \
    std::optional<double> lhs = splatValue(adaptor.getLhs()), rhs = splatValue(adaptor.getRhs());                      \
    if (!lhs || !rhs)                                                                                                  \
      return {};                                                                                                       \
    double a = *lhs, b = *rhs;                                                                                         \
    return splatOf(op.getType(), VALUE);                                                                               \
  }

TERN_BINARY(AddOp, a + b)
TERN_BINARY(SubOp, a - b)
TERN_BINARY(MulOp, a *b)
TERN_BINARY(DivOp, a / b)
TERN_BINARY(MaximumOp, std::fmax(a, b))
TERN_BINARY(EqualOp, a == b ? 1.0 : 0.0)

#undef TERN_BINARY

/// One operand when the other is the constant that changes nothing and does not widen the shape.
static Value withoutNeutral(Value kept, Type result, Attribute other, double neutral) {
  return kept.getType() == result && isSplat(other, neutral) ? kept : Value();
}

//===-- add -------------------------------------------------------------------------------------------------------===//

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (Value kept = withoutNeutral(getLhs(), getType(), adaptor.getRhs(), 0.0))
    return kept;
  if (Value kept = withoutNeutral(getRhs(), getType(), adaptor.getLhs(), 0.0))
    return kept;
  return foldConstants(*this, adaptor);
}

// y = a + b      da = dy      db = dy
void AddOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, g.cotangent());
  g.accumulate(1u, g.cotangent());
}

//===-- sub -------------------------------------------------------------------------------------------------------===//

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (Value kept = withoutNeutral(getLhs(), getType(), adaptor.getRhs(), 0.0))
    return kept;
  return foldConstants(*this, adaptor);
}

// y = a - b      da = dy      db = -dy
void SubOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, g.cotangent());
  if (g.wants(1))
    g.accumulate(1u, g.neg(g.cotangent()));
}

//===-- mul -------------------------------------------------------------------------------------------------------===//

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (Value kept = withoutNeutral(getLhs(), getType(), adaptor.getRhs(), 1.0))
    return kept;
  if (Value kept = withoutNeutral(getRhs(), getType(), adaptor.getLhs(), 1.0))
    return kept;
  return foldConstants(*this, adaptor);
}

// y = a b      da = dy b      db = dy a
void MulOp::buildGradient(GradBuilder &g) {
  if (g.wants(0))
    g.accumulate(0u, g.mul(g.cotangent(), getRhs()));
  if (g.wants(1))
    g.accumulate(1u, g.mul(g.cotangent(), getLhs()));
}

//===-- div -------------------------------------------------------------------------------------------------------===//

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (Value kept = withoutNeutral(getLhs(), getType(), adaptor.getRhs(), 1.0))
    return kept;
  return foldConstants(*this, adaptor);
}

// y = a / b      da = dy / b      db = -dy y / b
void DivOp::buildGradient(GradBuilder &g) {
  Value quotient = g.div(g.cotangent(), getRhs());
  g.accumulate(0u, quotient);
  if (g.wants(1))
    g.accumulate(1u, g.neg(g.mul(quotient, getResult())));
}

//===-- maximum ---------------------------------------------------------------------------------------------------===//

OpFoldResult MaximumOp::fold(FoldAdaptor adaptor) { return foldConstants(*this, adaptor); }

// y = max(a, b)      da = b > a ? 0 : dy      db = b > a ? dy : 0
void MaximumOp::buildGradient(GradBuilder &g) {
  Value right = step(g, g.sub(getRhs(), getLhs()));
  if (g.wants(0))
    g.accumulate(0u, g.mul(g.cotangent(), complement(g, right)));
  if (g.wants(1))
    g.accumulate(1u, g.mul(g.cotangent(), right));
}

//===-- equal -----------------------------------------------------------------------------------------------------===//

OpFoldResult EqualOp::fold(FoldAdaptor adaptor) { return foldConstants(*this, adaptor); }

// Constant almost everywhere: da = 0, db = 0.
void EqualOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, g.zerosLike(getLhs()));
  g.accumulate(1u, g.zerosLike(getRhs()));
}

} // namespace tern
