// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// exp, tanh and erf of vectors of f32. The polynomials are least-squares fits on Chebyshev nodes of the functions named
// beside them.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/MicroKernel.h"
#include "compiler/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_VECTORMATH
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;

namespace {

// Arithmetic on one vector type, in the words of the formulas.
struct VectorArithmetic {
  Emitter emit;
  const Machine &machine;
  VectorType type;

  VectorArithmetic(OpBuilder &builder, Location loc, const Machine &machine, VectorType type)
      : emit(builder, loc), machine(machine), type(type) {}

  VectorType integers() { return VectorType::get(type.getShape(), emit.b.getI32Type()); }
  Value number(double value) { return emit.real(type, value); }
  Value add(Value x, Value y) { return arith::AddFOp::create(emit.b, emit.loc, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(emit.b, emit.loc, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(emit.b, emit.loc, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(emit.b, emit.loc, x, y); }
  Value fma(Value x, Value y, Value z) { return multiplyAdd(emit, machine, x, y, z); }
  Value less(Value x, Value y) { return arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OLT, x, y); }
  Value select(Value c, Value x, Value y) { return arith::SelectOp::create(emit.b, emit.loc, c, x, y); }
  Value absolute(Value x) { return math::AbsFOp::create(emit.b, emit.loc, x); }
  Value withSign(Value x, Value sign) { return math::CopySignOp::create(emit.b, emit.loc, x, sign); }
  // The second one where x is NaN, so that NaN goes through.
  Value atLeast(Value low, Value x) { return select(less(x, low), low, x); }
  Value atMost(Value high, Value x) { return select(less(high, x), high, x); }

  // c[0] + c[1] x + c[2] x^2 + ...
  Value polynomial(Value x, ArrayRef<double> c) {
    Value sum = number(c.back());
    for (double coefficient : llvm::reverse(c.drop_back()))
      sum = fma(sum, x, number(coefficient));
    return sum;
  }

  Value shift(Value integer, int64_t left) {
    return arith::ShLIOp::create(emit.b, emit.loc, integer, emit.integer(integers(), left));
  }
  // 2^n for integers n in [-126, 127].
  Value powerOfTwo(Value n) {
    Value biased = emit.add(n, emit.integer(integers(), 127));
    return arith::BitcastOp::create(emit.b, emit.loc, type, shift(biased, 23));
  }

  Value exp(Value x);
  Value tanh(Value x);
  Value erf(Value x);
};

} // namespace

// e^x = 2^n e^r with n = round(x / ln 2) and r = x - n ln 2, by Taylor's series. Adding 1.5 2^23 rounds, and leaves n in the
// low bits. 2^n is two factors, so that the ends of the range come out right; beyond them the result is 0 or infinity.
Value VectorArithmetic::exp(Value x) {
  Value bounded = atMost(number(89.0), atLeast(number(-104.0), x));
  Value magic = number(12582912.0);
  Value shifted = fma(bounded, number(1.4426950408889634), magic), n = sub(shifted, magic);
  Value r = fma(n, number(-0.693145751953125), bounded); // ln 2 in two parts; the first has 15 bits
  r = fma(n, number(-1.4286068203094172e-06), r);
  Value power = polynomial(r, {1, 1, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040});
  Value bits = arith::BitcastOp::create(emit.b, emit.loc, integers(), shifted);
  Value exponent = emit.sub(bits, emit.integer(integers(), 0x4b400000));
  Value half = arith::ShRSIOp::create(emit.b, emit.loc, exponent, emit.integer(integers(), 1));
  return mul(mul(power, powerOfTwo(half)), powerOfTwo(emit.sub(exponent, half)));
}

// Near 0: x + x^3 p(x^2), p = (tanh x - x) / x^3 on [0, 0.625]. Elsewhere 1 - 2 / (e^2|x| + 1), with the sign of x.
Value VectorArithmetic::tanh(Value x) {
  Value size = absolute(x), square = mul(x, x), one = number(1);
  Value p = polynomial(square, {-0.3333328288117909, 0.13331464548893487, -0.05374139915526479, 0.020644132019707318,
                                -0.005710221958155128});
  Value near = fma(mul(x, square), p, x);
  Value power = exp(add(size, size));
  Value far = withSign(sub(one, div(number(2), add(power, one))), x);
  return select(less(size, number(0.625)), near, far);
}

// Near 0: x + x p(x^2), p = erf(x)/x - 1 on [0, 1]. Elsewhere 1 - e^(-x^2) q(1 / (1 + |x|/2)) with q = e^(x^2) erfc(x) on
// [1, 4], with the sign of x; from 4 on the result is 1.
Value VectorArithmetic::erf(Value x) {
  Value size = absolute(x), square = mul(x, x), one = number(1);
  Value p = polynomial(square, {0.12837916588150264, -0.3761262690358052, 0.1128359746348856, -0.026854328796078186,
                                0.0051893119426956935, -0.0008018854992795393, 7.882497109938843e-05});
  Value near = fma(x, p, x);
  Value bounded = atMost(number(4), size);
  Value t = div(one, fma(bounded, number(0.5), one));
  Value q = polynomial(t, {0.0017541300048762112, 0.26028701642068075, 0.3947962109399746, -0.06104061657889785,
                           0.6337731582541177, -0.22981622599109525});
  Value far = sub(one, mul(exp(arith::NegFOp::create(emit.b, emit.loc, mul(bounded, bounded))), q));
  return select(less(size, one), near, withSign(far, x));
}

namespace {

template <typename OpTy, Value (VectorArithmetic::*formula)(Value)>
struct ExpandFunction : OpRewritePattern<OpTy> {
  ExpandFunction(MLIRContext *context, const Machine &machine)
      : OpRewritePattern<OpTy>(context, /*benefit=*/2), machine(machine) {}

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getType());
    if (!type || !type.getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "not a vector of f32");
    VectorArithmetic arithmetic(rewriter, op.getLoc(), machine, type);
    rewriter.replaceOp(op, (arithmetic.*formula)(op.getOperand()));
    return success();
  }

  const Machine &machine;
};

struct VectorMath : tern::impl::VectorMathBase<VectorMath> {
  using VectorMathBase::VectorMathBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandFunction<math::ExpOp, &VectorArithmetic::exp>, ExpandFunction<math::TanhOp, &VectorArithmetic::tanh>,
                 ExpandFunction<math::ErfOp, &VectorArithmetic::erf>>(&getContext(), *machine);
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
      return llvm::is_contained({math::LogOp::getOperationName(), math::Log1pOp::getOperationName(),
                                 math::ExpM1Op::getOperationName(), math::SinOp::getOperationName(),
                                 math::CosOp::getOperationName()},
                                name);
    });
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
