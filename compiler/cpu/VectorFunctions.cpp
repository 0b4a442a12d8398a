// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// exp, expm1, log, log1p, tanh, erf, sin and cos of vectors of f32. The polynomials minimise the largest relative error of the
// function named beside them, with coefficients rounded to f32 one after the other from the lowest on.

#include "compiler/cpu/VectorFunctions.h"
#include "compiler/cpu/MicroKernel.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"

#include <cmath>

using namespace mlir;
using namespace tern::cpu;

// ln 2 in two parts; the first has 15 bits, so that its product with an exponent is exact.
static constexpr double ln2High = 0.693145751953125, ln2Low = 1.4286068203094172e-06;

//===-- words --------------------------------------------------------------------------------------------------------===//

Value VectorFunctions::add(Value x, Value y) { return arith::AddFOp::create(emit.b, emit.loc, x, y); }
Value VectorFunctions::sub(Value x, Value y) { return arith::SubFOp::create(emit.b, emit.loc, x, y); }
Value VectorFunctions::mul(Value x, Value y) { return arith::MulFOp::create(emit.b, emit.loc, x, y); }
Value VectorFunctions::div(Value x, Value y) { return arith::DivFOp::create(emit.b, emit.loc, x, y); }
Value VectorFunctions::fma(Value x, Value y, Value z) { return multiplyAdd(emit, machine, x, y, z); }
Value VectorFunctions::less(Value x, Value y) {
  return arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OLT, x, y);
}
Value VectorFunctions::select(Value condition, Value yes, Value no) {
  return arith::SelectOp::create(emit.b, emit.loc, condition, yes, no);
}
Value VectorFunctions::absolute(Value x) { return math::AbsFOp::create(emit.b, emit.loc, x); }
Value VectorFunctions::withSign(Value x, Value sign) { return math::CopySignOp::create(emit.b, emit.loc, x, sign); }

// The second one where x is NaN, so that NaN goes through.
Value VectorFunctions::atLeast(Value low, Value x) { return select(less(x, low), low, x); }
Value VectorFunctions::atMost(Value high, Value x) { return select(less(high, x), high, x); }

Value VectorFunctions::bitsOf(Value x) { return arith::BitcastOp::create(emit.b, emit.loc, integers(), x); }
Value VectorFunctions::fromBits(Value bits) { return arith::BitcastOp::create(emit.b, emit.loc, type, bits); }
Value VectorFunctions::shiftLeft(Value x, int64_t count) {
  return arith::ShLIOp::create(emit.b, emit.loc, x, integer(count));
}
Value VectorFunctions::shiftRight(Value x, int64_t count) {
  return arith::ShRSIOp::create(emit.b, emit.loc, x, integer(count));
}

// c[0] + c[1] x + c[2] x^2 + ...
Value VectorFunctions::polynomial(Value x, ArrayRef<double> c) {
  Value sum = number(c.back());
  for (double coefficient : llvm::reverse(c.drop_back()))
    sum = fma(sum, x, number(coefficient));
  return sum;
}

//===-- exp ----------------------------------------------------------------------------------------------------------===//

// n = round(x / ln 2) and r = x - n ln 2. Adding 1.5 2^23 rounds, and leaves n in the low bits.
VectorFunctions::Reduced VectorFunctions::reduce(Value x) {
  Value magic = number(12582912.0);
  Value shifted = fma(x, number(1.4426950408889634), magic), n = sub(shifted, magic);
  Value r = fma(n, number(-ln2High), x);
  return {shifted, n, fma(n, number(-ln2Low), r)};
}

// (e^r - 1 - r) / r^2 on [-ln(2) / 2, ln(2) / 2].
static constexpr double powerSeries[] = {0.49999994, 0.166665211, 0.0416682735, 0.00836868584, 0.00138201367};

// e^r. Where products are rounded, the large ones must be exact.
Value VectorFunctions::powerOfRest(Value r) {
  Value q = polynomial(r, powerSeries), one = number(1);
  return machine.fma ? fma(fma(q, r, one), r, one) : add(add(mul(mul(r, r), q), r), one);
}

// 2^n for integers n in [-126, 127].
Value VectorFunctions::powerOfTwo(Value n) { return fromBits(shiftLeft(emit.add(n, integer(127)), 23)); }

// x 2^n in one instruction, right to the ends of the range; null where the machine has none. Operands are in the order of the
// intrinsic, to which they are handed as they are: what is scaled, the exponent, and what masked lanes would be.
Value VectorFunctions::scaleAtOnce(Value x, Value n) {
  if (machine.vectorBits != 512 || type.getNumElements() != 16)
    return nullptr;
  Value allLanes = emit.integer(emit.b.getI16Type(), -1), currentRounding = emit.integer(emit.b.getI32Type(), 4);
  return x86vector::MaskScaleFOp::create(emit.b, emit.loc, x, n, x, allLanes, currentRounding);
}

// e^x for n in [-151, 129]. 2^n is two factors, so that the ends of the range come out right; inside it is one.
Value VectorFunctions::powerOf(const Reduced &reduced, bool isModerate) {
  Value power = powerOfRest(reduced.rest);
  if (Value scaled = scaleAtOnce(power, reduced.exponent))
    return scaled;
  Value n = emit.sub(bitsOf(reduced.shifted), integer(0x4b400000));
  if (isModerate)
    return mul(power, powerOfTwo(n));
  Value half = shiftRight(n, 1);
  return mul(mul(power, powerOfTwo(half)), powerOfTwo(emit.sub(n, half)));
}

// Beyond the bounds the result is 0 or infinity.
Value VectorFunctions::exp(Value x) {
  return powerOf(reduce(atMost(number(89.0), atLeast(number(-104.0), x))), /*isModerate=*/false);
}

// e^x where neither x nor e^x is near the ends of the range. NaN goes through.
Value VectorFunctions::expOfModerate(Value x) { return powerOf(reduce(x), /*isModerate=*/true); }

// e^x - 1 = 2 (s (e^r - 1) + (s - 1/2)) with s = 2^(n - 1), and e^r - 1 itself where n = 0. From -25 on down it is -1.
Value VectorFunctions::expm1(Value x) {
  Reduced reduced = reduce(atMost(number(89.0), atLeast(number(-25.0), x)));
  Value r = reduced.rest;
  Value near = fma(mul(r, r), polynomial(r, powerSeries), r);
  Value s = fromBits(emit.add(shiftLeft(bitsOf(reduced.shifted), 23), integer(0x3f000000)));
  Value far = fma(near, s, sub(s, number(0.5)));
  return withSign(select(less(absolute(x), number(0.34)), near, add(far, far)), x);
}

//===-- log ----------------------------------------------------------------------------------------------------------===//

// e ln 2 + (f + f^2 q(f)) with q = (log(1 + f) - f) / f^2. Small terms are added first.
Value VectorFunctions::logOfParts(Value exponent, Value f) {
  Value q = polynomial(f, {-0.5, 0.333332151, -0.249998048, 0.20010443, -0.166801766, 0.140053764, -0.121884629, 0.139865026,
                           -0.128737599});
  Value square = mul(f, f);
  if (machine.fma)
    return fma(exponent, number(0.6931471805599453), fma(square, q, f));
  Value small = add(mul(square, q), mul(exponent, number(ln2Low)));
  return add(mul(exponent, number(ln2High)), add(small, f));
}

// -infinity at the pole, NaN below it, infinity and NaN as they are.
Value VectorFunctions::logSpecialCases(Value x, Value result, double pole) {
  auto compare = [&](arith::CmpFPredicate how, double value) {
    return Value(arith::CmpFOp::create(emit.b, emit.loc, how, x, number(value)));
  };
  Value special = select(compare(arith::CmpFPredicate::OEQ, pole), number(-INFINITY), number(NAN));
  result = select(compare(arith::CmpFPredicate::OLT, INFINITY), result, x);
  return select(compare(arith::CmpFPredicate::UGT, pole), result, special);
}

// x = 2^e (1 + f), 1 + f in [2/3, 4/3). Denormal numbers are scaled first.
Value VectorFunctions::log(Value x) {
  Value tiny = less(x, number(0x1p-126));
  Value scaled = select(tiny, mul(x, number(0x1p23)), x);
  Value bits = emit.sub(bitsOf(scaled), integer(0x3f2aaaab));
  Value whole = arith::SIToFPOp::create(emit.b, emit.loc, type, shiftRight(bits, 23));
  Value exponent = add(whole, select(tiny, number(-23), number(0)));
  Value fraction = arith::AndIOp::create(emit.b, emit.loc, bits, integer(0x007fffff));
  Value f = sub(fromBits(emit.add(fraction, integer(0x3f2aaaab))), number(1));
  return logSpecialCases(x, logOfParts(exponent, f), 0);
}

// 1 + x = 2^e (1 + f), so f = 2^-e x + (2^-e - 1) with one rounding: e comes from the rounded sum, f does not.
Value VectorFunctions::log1p(Value x) {
  Value bits = emit.sub(bitsOf(add(x, number(1))), integer(0x3f2aaaab));
  Value e = shiftRight(bits, 23), shift = shiftLeft(e, 23);
  Value exponent = arith::SIToFPOp::create(emit.b, emit.loc, type, e);
  Value scaled = fromBits(emit.sub(bitsOf(x), shift));
  // 2^-127 and below count for nothing beside 1.
  Value one = arith::MaxSIOp::create(emit.b, emit.loc, emit.sub(integer(0x3f800000), shift), integer(0));
  Value f = add(scaled, sub(fromBits(one), number(1)));
  Value result = logSpecialCases(x, logOfParts(exponent, f), -1);
  return select(less(absolute(x), number(0x1p-24)), x, result);
}

//===-- tanh, erf ----------------------------------------------------------------------------------------------------===//

// Near 0: x + x^3 p(x^2) with p = (tanh x - x) / x^3. Elsewhere 1 - 2 / (e^2|x| + 1). From 9.02 on it is 1.
Value VectorFunctions::tanh(Value x) {
  Value size = absolute(x), square = mul(x, x), one = number(1);
  Value p = polynomial(square, {-0.333332807, 0.133314118, -0.0537374355, 0.020632321, -0.00569802988});
  Value near = fma(mul(size, square), p, size);
  Value bounded = atMost(number(10), size);
  Value power = expOfModerate(add(bounded, bounded));
  Value far = sub(one, div(number(2), add(power, one)));
  return withSign(select(less(size, number(0.625)), near, far), x);
}

// Near 0: x + x p(x^2) with p = erf(x) / x - 1 on [0, 1]. Elsewhere 1 - e^q(|x|) with q = log(erfc x) on [1, 3.95], where the
// error of erf counts; from there on it is 1.
Value VectorFunctions::erf(Value x) {
  Value size = absolute(x), square = mul(x, x);
  Value p = polynomial(square, {0.128379166, -0.37612626, 0.112835802, -0.0268534943, 0.00518761389, -0.000800334441,
                                7.83000432e-05});
  Value near = fma(size, p, size);
  Value q = polynomial(atMost(number(3.95), size), {-0.000341482984, -1.12708938, -0.638144493, -0.103107043, 0.0218381844,
                                                    -0.00294768065, 0.000186380421});
  Value far = sub(number(1), expOfModerate(q));
  return withSign(select(less(size, number(1)), near, far), x);
}

//===-- sin, cos -----------------------------------------------------------------------------------------------------===//

// Arguments from here on are left to libm.
static constexpr double largeAngle = 0x1p28;

// In f64: pi/2 has two parts, and the first has 25 bits, so that its product with n is exact. Adding 1.5 2^52 rounds, and
// leaves n in the low bits.
VectorFunctions::Angle VectorFunctions::reduceAngle(Value x) {
  auto wide = VectorType::get(type.getShape(), emit.b.getF64Type()), wideBits = VectorType::get(type.getShape(), emit.b.getI64Type());
  auto wideNumber = [&](double value) { return emit.real(wide, value); };
  Value exact = arith::ExtFOp::create(emit.b, emit.loc, wide, x);
  Value shifted = add(mul(exact, wideNumber(M_2_PI)), wideNumber(0x1.8p52)), n = sub(shifted, wideNumber(0x1.8p52));
  Value rest = sub(exact, mul(n, wideNumber(0x1.921fb5p0)));
  rest = sub(rest, mul(n, wideNumber(0x1.110b4611a6263p-26)));
  Value bits = arith::BitcastOp::create(emit.b, emit.loc, wideBits, shifted);
  return {arith::TruncFOp::create(emit.b, emit.loc, type, rest), arith::TruncIOp::create(emit.b, emit.loc, integers(), bits)};
}

// sin(x + quarters pi/2): of r, sin r = r + r^3 p(r^2) or cos r = 1 - r^2/2 + r^4 q(r^2), with a sign.
Value VectorFunctions::sinAfterQuarters(Value x, int64_t quarters) {
  Angle angle = reduceAngle(x);
  Value r = angle.rest, square = mul(r, r), n = emit.add(angle.quarters, integer(quarters));
  Value p = polynomial(square, {-0.166666552, 0.00833218731, -0.000195179091});
  Value sine = fma(mul(r, square), p, r);
  Value q = polynomial(square, {-0.5, 0.0416666456, -0.00138873095, 2.44323383e-05});
  Value cosine = fma(square, q, number(1));
  auto bit = [&](int64_t which) { return Value(arith::AndIOp::create(emit.b, emit.loc, n, integer(which))); };
  Value isOdd = arith::CmpIOp::create(emit.b, emit.loc, arith::CmpIPredicate::ne, bit(1), integer(0));
  Value sign = shiftLeft(bit(2), 30);
  Value result = arith::XOrIOp::create(emit.b, emit.loc, bitsOf(select(isOdd, cosine, sine)), sign);
  return fromBits(result);
}

// One branch for all lanes: large arguments do not happen where it counts.
template <typename OpTy> Value VectorFunctions::byLanesWhereLarge(Value x, Value result) {
  Value large = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OGE, absolute(x), number(largeAngle));
  Value any = vector::ReductionOp::create(emit.b, emit.loc, vector::CombiningKind::OR, large);
  auto byLanes = [&](OpBuilder &b, Location loc) {
    SmallVector<Value> lanes;
    for (int64_t lane = 0; lane < type.getNumElements(); ++lane)
      lanes.push_back(OpTy::create(b, loc, vector::ExtractOp::create(b, loc, x, lane)));
    scf::YieldOp::create(b, loc, vector::FromElementsOp::create(b, loc, type, lanes).getResult());
  };
  auto asItIs = [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, result); };
  return scf::IfOp::create(emit.b, emit.loc, any, byLanes, asItIs).getResult(0);
}

Value VectorFunctions::sin(Value x) {
  Value result = sinAfterQuarters(x, 0);
  Value isZero = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OEQ, x, number(0));
  return byLanesWhereLarge<math::SinOp>(x, select(isZero, x, result));
}

Value VectorFunctions::cos(Value x) { return byLanesWhereLarge<math::CosOp>(x, sinAfterQuarters(x, 1)); }
