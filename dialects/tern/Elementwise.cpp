// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise family: arithmetic with broadcasting, functions, activations.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/Constants.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <cmath>

using namespace mlir;

namespace tern {

//===-- one operand -----------------------------------------------------------------------------------------------===//

/// Whether the numbers of an op are known: a factor may be a hyperparameter.
static bool isBound(Operation *op) {
  auto scale = dyn_cast<ScaleOp>(op);
  return !scale || literalReal(scale.getFactor());
}

// One op a line: its value, for constants, and the cotangent dx of its operand from the cotangent dy of its result y.
#define TERN_UNARY(OP, VALUE, COTANGENT)                                                                               \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,                          \
                                     SmallVectorImpl<Type> &types) {                                                   \
    types.push_back(adaptor.getInput().getType());                                                                     \
    return success();                                                                                                  \
  }                                                                                                                    \
  OpFoldResult OP::fold(FoldAdaptor adaptor) {                                                                         \
    std::optional<double> constant = splatValue(adaptor.getInput());                                                   \
    if (!constant || !isBound(*this))                                                                                  \
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
// dx = dy sign(x)
TERN_UNARY(AbsOp, std::fabs(x), g.mul(dy, g.sub(step(g, x), step(g, g.neg(x)))))
// dx = dy cos(x)
TERN_UNARY(SinOp, std::sin(x), g.mul(dy, CosOp::create(g.getBuilder(), g.getLoc(), x)))
// dx = -dy sin(x)
TERN_UNARY(CosOp, std::cos(x), g.mul(g.neg(dy), SinOp::create(g.getBuilder(), g.getLoc(), x)))
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

// dx = dy p x^(p - 1)
static Value powerSlope(GradBuilder &g, Value x, double exponent) {
  if (exponent == 0.0)
    return g.zerosLike(x);
  Value power = PowOp::create(g.getBuilder(), g.getLoc(), x, g.getBuilder().getF64FloatAttr(exponent - 1.0));
  return g.scale(power, exponent);
}
// dx = f dy
TERN_UNARY(ScaleOp, literalReal(getFactor()).value_or(0) * x, ScaleOp::create(g.getBuilder(), g.getLoc(), dy, getFactor()))
TERN_UNARY(PowOp, std::pow(x, getExponent().convertToDouble()),
           g.mul(dy, powerSlope(g, x, getExponent().convertToDouble())))

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

//===-- prelu -----------------------------------------------------------------------------------------------------===//

LogicalResult PreluOp::verify() {
  if (!getName() && !getSlope())
    return emitOpError("needs its slope as an operand, or a name to declare it");
  if (getName() && getSlope())
    return emitOpError("'") << *getName() << "' has a slope; a name belongs to the module form";
  if (getSlope() && getPerChannel())
    return emitOpError("has a slope; `per_channel` belongs to the module form");
  return success();
}

LogicalResult PreluOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  if (!adaptor.getSlope()) {
    types.push_back(input);
    return success();
  }
  if (failed(inferBroadcast(getOperationName(), loc, {input, adaptor.getSlope().getType()}, types)))
    return failure();
  if (shapeOf(types.back()).size() == shapeOf(input).size() &&
      llvm::all_of(llvm::zip_equal(shapeOf(types.back()), shapeOf(input)),
                   [](auto pair) { return extentsAgree(std::get<0>(pair), std::get<1>(pair)); }))
    types.back() = input;
  if (types.back() != input)
    return emitOptionalError(loc, "prelu: a slope of ", adaptor.getSlope().getType(), " widens ", input);
  return success();
}

bool PreluOp::isModuleForm() { return getName().has_value(); }

LogicalResult PreluOp::declareParameters(SmallVectorImpl<ParameterDeclaration> &declarations) {
  Type type = getInput().getType();
  int64_t count = getPerChannel() && !shapeOf(type).empty() ? shapeOf(type).back() : 1;
  if (ShapedType::isDynamic(count))
    return emitOpError("'") << *getName() << "' does not know its size: the last dimension of " << type << " is dynamic";
  Builder b(getContext());
  auto quarter = InitAttr::get(getContext(), b.getStringAttr("constant"), b.getArrayAttr(b.getF64FloatAttr(0.25)));
  declarations.push_back({(*getName() + ".weight").str(), {b.getI64IntegerAttr(count)}, elementOf(type), quarter});
  return success();
}

void PreluOp::setParameters(ValueRange parameters) {
  getSlopeMutable().assign(parameters[0]);
  removeNameAttr();
  setPerChannel(false);
}

// dx = x > 0 ? dy : slope dy      dslope = sum of min(x, 0) dy
void PreluOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent();
  if (g.wants(0))
    g.accumulate(0u, kinked(g, getInput(), dy, getSlope()));
  if (g.wants(1)) {
    Value left = MinimumOp::create(g.getBuilder(), g.getLoc(), getInput(), g.constant(0.0, getInput()));
    g.accumulate(1u, g.mul(dy, left));
  }
}

//===-- two operands ----------------------------------------------------------------------------------------------===//

// One op a line: its value on constants a and b. Identities and gradients follow one by one.
#define TERN_BINARY(OP, VALUE)                                                                                         \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,                      \
                                     SmallVectorImpl<Type> &types) {                                                   \
    return inferBroadcast(getOperationName(), loc, adaptor.getOperands().getTypes(), types);                           \
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
TERN_BINARY(MinimumOp, std::fmin(a, b))

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

//===-- minimum ---------------------------------------------------------------------------------------------------===//

OpFoldResult MinimumOp::fold(FoldAdaptor adaptor) { return foldConstants(*this, adaptor); }

// y = min(a, b)      da = b < a ? 0 : dy      db = b < a ? dy : 0
void MinimumOp::buildGradient(GradBuilder &g) {
  Value right = step(g, g.sub(getLhs(), getRhs()));
  if (g.wants(0))
    g.accumulate(0u, g.mul(g.cotangent(), complement(g, right)));
  if (g.wants(1))
    g.accumulate(1u, g.mul(g.cotangent(), right));
}

} // namespace tern
