// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random family: integer arithmetic on key and position inside a linalg.generic. The formulas stand in
// dialects/tern/Random.td.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Attrs.h"
#include "dialects/tern/Tern.h"

#include "mlir/Transforms/DialectConversion.h"

#include <cmath>

using namespace mlir;
using namespace tern;
using namespace tern::lower;

//===-- 64-bit arithmetic -----------------------------------------------------------------------------------------===//

namespace {
/// Arithmetic modulo 2^64.
struct Word {
  ImplicitLocOpBuilder &b;

  Value number(uint64_t value) { return constantInt(b, b.getI64Type(), static_cast<int64_t>(value)); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulIOp::create(b, x, y); }
  Value exclusiveOr(Value x, Value y) { return arith::XOrIOp::create(b, x, y); }
  Value either(Value x, Value y) { return arith::OrIOp::create(b, x, y); }
  Value shiftRight(Value x, uint64_t bits) { return arith::ShRUIOp::create(b, x, number(bits)); }
  Value shiftLeft(Value x, uint64_t bits) { return arith::ShLIOp::create(b, x, number(bits)); }
  Value swapHalves(Value x) { return either(shiftRight(x, 32), shiftLeft(x, 32)); }

  /// 32 bits of the squares generator, in the low half.
  Value squares(Value key, Value counter) {
    Value y = mul(counter, key), z = add(y, key);
    Value x = swapHalves(add(mul(y, y), y));
    x = swapHalves(add(mul(x, x), z));
    x = swapHalves(add(mul(x, x), y));
    return shiftRight(add(mul(x, x), z), 32);
  }

  /// The finaliser of SplitMix64.
  Value mix(Value x) {
    x = mul(exclusiveOr(x, shiftRight(x, 30)), number(0xbf58476d1ce4e5b9));
    x = mul(exclusiveOr(x, shiftRight(x, 27)), number(0x94d049bb133111eb));
    return exclusiveOr(x, shiftRight(x, 31));
  }

  /// u 2^24 for u in [0, 1).
  Value mantissa(Value key, Value counter) { return shiftRight(squares(key, counter), 8); }
};
} // namespace

/// The 64-bit FNV-1a hash of a site's name.
static uint64_t hashOf(StringRef name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char letter : name)
    hash = (hash ^ letter) * 0x100000001b3;
  return hash;
}

//===-- random_key ------------------------------------------------------------------------------------------------===//

namespace {
struct LowerRandomKey : OpConversionPattern<RandomKeyOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(RandomKeyOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    bool hasLayer = static_cast<bool>(adaptor.getLayer());
    uint64_t site = hashOf(op.getSite());
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Word w{inner};
      SmallVector<Value> words(x);
      if (!hasLayer)
        words.push_back(w.number(0));
      words.push_back(w.number(site));
      Value key = w.number(0);
      for (Value word : words)
        key = w.mix(w.add(w.add(key, word), w.number(0x9e3779b97f4a7c15)));
      return w.either(key, w.number(1));
    };
    rewriter.replaceOp(op, mapElements(b, {}, b.getI64Type(), adaptor.getOperands(), body));
    return success();
  }
};
} // namespace

//===-- numbers ---------------------------------------------------------------------------------------------------===//

/// u in [0, 1), or u + 2^-24 in (0, 1].
static Value uniform(ImplicitLocOpBuilder &b, Type element, Value key, Value counter, bool aboveZero) {
  Word w{b};
  Value mantissa = w.mantissa(key, counter);
  if (aboveZero)
    mantissa = w.add(mantissa, w.number(1));
  Value small = arith::TruncIOp::create(b, b.getI32Type(), mantissa);
  Value number = arith::UIToFPOp::create(b, element, small);
  return arith::MulFOp::create(b, number, constantFloat(b, element, std::ldexp(1.0, -24)));
}

/// Box and Muller: sqrt(-2 ln u) cos(2 pi w).
static Value normal(ImplicitLocOpBuilder &b, Type element, Value key, Value position) {
  Word w{b};
  Value counter = w.shiftLeft(position, 1);
  Value u = uniform(b, element, key, counter, /*aboveZero=*/true);
  Value angle = uniform(b, element, key, w.add(counter, w.number(1)), /*aboveZero=*/false);
  Value logarithm = math::LogOp::create(b, u);
  Value radius = math::SqrtOp::create(b, arith::MulFOp::create(b, logarithm, constantFloat(b, element, -2.0)));
  Value turn = arith::MulFOp::create(b, angle, constantFloat(b, element, 2.0 * M_PI));
  return arith::MulFOp::create(b, radius, math::CosOp::create(b, turn));
}

/// offset + factor x.
static Value affine(ImplicitLocOpBuilder &b, Value x, double factor, double offset) {
  Value scaled = arith::MulFOp::create(b, x, constantFloat(b, x.getType(), factor));
  return offset == 0.0 ? scaled : arith::AddFOp::create(b, scaled, constantFloat(b, x.getType(), offset)).getResult();
}

namespace {
struct LowerUniform : OpConversionPattern<UniformOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(UniformOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    double low = op.getLow().convertToDouble(), high = op.getHigh().convertToDouble();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange key) {
      Value position = rowMajorIndex(inner, op.getShape());
      return affine(inner, uniform(inner, op.getDtype(), key[0], position, /*aboveZero=*/false), high - low, low);
    };
    rewriter.replaceOp(op, mapElements(b, op.getShape(), op.getDtype(), adaptor.getKey(), body));
    return success();
  }
};

struct LowerNormal : OpConversionPattern<NormalOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(NormalOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    double std = op.getStd().convertToDouble(), mean = op.getMean().convertToDouble();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange key) {
      Value position = rowMajorIndex(inner, op.getShape());
      return affine(inner, normal(inner, op.getDtype(), key[0], position), std, mean);
    };
    rewriter.replaceOp(op, mapElements(b, op.getShape(), op.getDtype(), adaptor.getKey(), body));
    return success();
  }
};

// u >= rate holds where u 2^24 reaches the next integer above rate 2^24: no rounding decides what is dropped.
struct LowerDropout : OpConversionPattern<DropoutOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(DropoutOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    std::optional<double> rate = literalReal(op.getRate());
    if (!rate)
      return op.emitOpError("rate is a hyperparameter without a value; run tern-bind-hyper before");
    if (*rate == 0.0) {
      rewriter.replaceOp(op, adaptor.getInput());
      return success();
    }
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    auto body = [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Word w{inner};
      Value mantissa = w.mantissa(x[1], rowMajorIndex(inner, type.getShape()));
      Value threshold = w.number(static_cast<uint64_t>(std::ceil(std::ldexp(*rate, 24))));
      Value keep = arith::CmpIOp::create(inner, arith::CmpIPredicate::uge, mantissa, threshold);
      Value zero = constantFloat(inner, type.getElementType(), 0.0);
      return arith::SelectOp::create(inner, keep, affine(inner, x[0], 1.0 / (1.0 - *rate), 0.0), zero);
    };
    rewriter.replaceOp(
        op, mapElements(b, type.getShape(), type.getElementType(), {adaptor.getInput(), adaptor.getKey()}, body));
    return success();
  }
};
} // namespace

void tern::populateRandomLowering(RewritePatternSet &patterns) {
  patterns.add<LowerRandomKey, LowerUniform, LowerNormal, LowerDropout>(patterns.getContext());
}
