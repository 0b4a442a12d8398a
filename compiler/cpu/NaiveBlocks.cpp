// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reference loops of block-quantised weights: conversions, orders, and the product of a row with interleaved blocks.

#include "compiler/cpu/NaiveKernels.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

// Where the parts of one block are: canonical at (n, block), or one row of interleaved blocks.
struct BlockPlace {
  Value blocks, first, second;
  Value row; // of its group; null in a canonical block

  Value scaleByte(Emitter &emit, int64_t byte) const {
    return row ? emit.add(emit.mul(row, 2), byte) : emit.index(byte);
  }
  // Byte `at` of those after the scale.
  Value byte(Emitter &emit, Value at) const {
    if (!row)
      return emit.add(at, 2);
    Value four = emit.index(4), quad = emit.mul(emit.div(at, four), 4 * interleavedRows);
    return emit.add(emit.add(emit.add(quad, emit.mul(row, 4)), emit.rem(at, four)), 2 * interleavedRows);
  }
  Value load(Emitter &emit, Value byte) const { return emit.load(blocks, {first, second, byte}); }
  void store(Emitter &emit, Value value, Value byte) const { emit.store(value, blocks, {first, second, byte}); }
};

class BlockEmitter {
public:
  BlockEmitter(Emitter &emit, BlockFormat format) : emit(emit), format(format) {}

  Value extend(Value integer, unsigned bits, bool isSigned) {
    Type type = emit.b.getIntegerType(bits);
    return isSigned ? Value(arith::ExtSIOp::create(emit.b, emit.loc, type, integer))
                    : Value(arith::ExtUIOp::create(emit.b, emit.loc, type, integer));
  }
  Value narrow(Value integer, unsigned bits) {
    return arith::TruncIOp::create(emit.b, emit.loc, emit.b.getIntegerType(bits), integer);
  }
  Value constant(Value like, int64_t value) { return emit.integer(like.getType(), value); }
  Value select(Value condition, Value yes, Value no) { return arith::SelectOp::create(emit.b, emit.loc, condition, yes, no); }
  Value compare(arith::CmpFPredicate predicate, Value left, Value right) {
    return arith::CmpFOp::create(emit.b, emit.loc, predicate, left, right);
  }

  Value loadScale(const BlockPlace &place) {
    Value low = extend(place.load(emit, place.scaleByte(emit, 0)), 16, false);
    Value high = extend(place.load(emit, place.scaleByte(emit, 1)), 16, false);
    Value bits = arith::OrIOp::create(emit.b, emit.loc, low, arith::ShLIOp::create(emit.b, emit.loc, high, constant(high, 8)));
    return convertFloat(emit, arith::BitcastOp::create(emit.b, emit.loc, emit.b.getF16Type(), bits), emit.b.getF32Type());
  }

  void storeScale(Value scale, const BlockPlace &place) {
    Value half = convertFloat(emit, scale, emit.b.getF16Type());
    Value bits = arith::BitcastOp::create(emit.b, emit.loc, emit.b.getI16Type(), half);
    place.store(emit, narrow(bits, 8), place.scaleByte(emit, 0));
    place.store(emit, narrow(arith::ShRUIOp::create(emit.b, emit.loc, bits, constant(bits, 8)), 8), place.scaleByte(emit, 1));
  }

  // The integer of weight k of the block, as i32.
  Value loadInteger(const BlockPlace &place, Value k) {
    if (format == BlockFormat::q8_0) {
      Value byte = place.load(emit, place.byte(emit, k));
      if (place.row)
        byte = arith::XOrIOp::create(emit.b, emit.loc, byte, constant(byte, -128));
      return extend(byte, 32, true);
    }
    Value half = emit.index(blockSize / 2);
    Value byte = extend(place.load(emit, place.byte(emit, emit.rem(k, half))), 32, false);
    Value high = arith::ShRUIOp::create(emit.b, emit.loc, byte, constant(byte, 4));
    Value low = arith::AndIOp::create(emit.b, emit.loc, byte, constant(byte, 15));
    return arith::SubIOp::create(emit.b, emit.loc, select(emit.less(k, half), low, high), constant(byte, 8));
  }

  Emitter &emit;
  BlockFormat format;
};

} // namespace

// The largest magnitude of a block of 32, and the element that has it first.
static std::pair<Value, Value> largest(BlockEmitter &block, function_ref<Value(Value)> at) {
  Emitter &emit = block.emit;
  Value zero = emit.real(emit.b.getF32Type(), 0);
  SmallVector<Value> found = emit.loop(emit.index(0), emit.index(blockSize), 1, {zero, zero}, [&](Value k, ValueRange best) {
    Value value = at(k), size = math::AbsFOp::create(emit.b, emit.loc, value);
    Value isLarger = block.compare(arith::CmpFPredicate::OGT, size, best[0]);
    // A NaN is larger than anything, so that it is not lost.
    Value isNan = block.compare(arith::CmpFPredicate::UNO, size, size);
    Value take = arith::OrIOp::create(emit.b, emit.loc, isLarger, isNan);
    return SmallVector<Value>{block.select(take, size, best[0]), block.select(take, value, best[1])};
  });
  return {found[0], found[1]};
}

static Value divide(Emitter &emit, Value left, Value right) { return arith::DivFOp::create(emit.b, emit.loc, left, right); }
static Value multiply(Emitter &emit, Value left, Value right) { return arith::MulFOp::create(emit.b, emit.loc, left, right); }

// 1 / value, and 0 for 0.
static Value reciprocal(BlockEmitter &block, Value value, double numerator = 1) {
  Emitter &emit = block.emit;
  Value zero = emit.real(value.getType(), 0);
  Value isZero = block.compare(arith::CmpFPredicate::OEQ, value, zero);
  return block.select(isZero, zero, divide(emit, emit.real(value.getType(), numerator), value));
}

// A float as i32 within [low, high]; what is no number becomes low.
static Value toInteger(Emitter &emit, Value value, double low, double high) {
  value = arith::MaxNumFOp::create(emit.b, emit.loc, value, emit.real(value.getType(), low));
  value = arith::MinNumFOp::create(emit.b, emit.loc, value, emit.real(value.getType(), high));
  return arith::FPToSIOp::create(emit.b, emit.loc, emit.b.getI32Type(), value);
}

static void quantizeBytes(BlockEmitter &block, function_ref<Value(Value)> at, const BlockPlace &place) {
  Emitter &emit = block.emit;
  auto [size, value] = largest(block, at);
  if (block.format == BlockFormat::q8_0) {
    Value scale = divide(emit, size, emit.real(size.getType(), 127)), inverse = reciprocal(block, scale);
    block.storeScale(scale, place);
    emit.loop(blockSize, [&](Value k) {
      Value rounded = math::RoundOp::create(emit.b, emit.loc, multiply(emit, at(k), inverse));
      place.store(emit, block.narrow(toInteger(emit, rounded, -128, 127), 8), place.byte(emit, k));
    });
    return;
  }
  Value scale = divide(emit, value, emit.real(size.getType(), -8)), inverse = reciprocal(block, scale);
  block.storeScale(scale, place);
  auto integer = [&](Value k) {
    Value quotient = multiply(emit, at(k), inverse), half = emit.real(size.getType(), 8.5);
    return toInteger(emit, arith::AddFOp::create(emit.b, emit.loc, quotient, half), 0, 15);
  };
  emit.loop(blockSize / 2, [&](Value k) {
    Value low = integer(k), high = integer(emit.add(k, blockSize / 2));
    Value shifted = arith::ShLIOp::create(emit.b, emit.loc, high, block.constant(high, 4));
    Value both = arith::OrIOp::create(emit.b, emit.loc, low, shifted);
    place.store(emit, block.narrow(both, 8), place.byte(emit, k));
  });
}

void tern::cpu::expandNaive(Emitter &emit, QuantizeOp op) {
  Value out = op.getOuts()[0];
  emit.forall({sizeOf(out, 0)}, [&](ValueRange n) {
    emit.loop(sizeOf(out, 1), [&](Value b) {
      BlockEmitter block(emit, op.getFormat());
      Value k0 = emit.mul(b, blockSize);
      quantizeBytes(block, [&](Value k) { return emit.load(op.getSource(), {n[0], emit.add(k0, k)}); },
                    {out, n[0], b, nullptr});
    });
  });
}

void tern::cpu::expandNaive(Emitter &emit, DequantizeOp op) {
  Value source = op.getSource();
  emit.forall({sizeOf(source, 0)}, [&](ValueRange n) {
    emit.loop(sizeOf(source, 1), [&](Value b) {
      BlockEmitter block(emit, op.getFormat());
      BlockPlace place{source, n[0], b, nullptr};
      Value scale = block.loadScale(place);
      emit.loop(blockSize, [&](Value k) {
        Value integer = arith::SIToFPOp::create(emit.b, emit.loc, scale.getType(), block.loadInteger(place, k));
        emit.store(multiply(emit, integer, scale), op.getOuts()[0], {n[0], emit.add(emit.mul(b, blockSize), k)});
      });
    });
  });
}

static BlockPlace interleavedPlace(Emitter &emit, Value blocks, Value n, Value b) {
  Value rows = emit.index(interleavedRows);
  return {blocks, emit.div(n, rows), b, emit.rem(n, rows)};
}

// The same bytes in another place, and the top bit flipped where the format says so.
static void copyBlock(Emitter &emit, BlockFormat format, const BlockPlace &from, const BlockPlace &to) {
  for (int64_t i = 0; i < 2; ++i)
    to.store(emit, from.load(emit, from.scaleByte(emit, i)), to.scaleByte(emit, i));
  emit.loop(blockBytes(format) - 2, [&](Value at) {
    Value byte = from.load(emit, from.byte(emit, at));
    if (format == BlockFormat::q8_0)
      byte = arith::XOrIOp::create(emit.b, emit.loc, byte, emit.integer(byte.getType(), -128));
    to.store(emit, byte, to.byte(emit, at));
  });
}

void tern::cpu::expandNaive(Emitter &emit, InterleaveOp op) {
  Value out = op.getOuts()[0];
  int64_t rows = sizeOf(op.getSource(), 0);
  emit.forall({sizeOf(out, 0)}, [&](ValueRange group) {
    emit.nest({interleavedRows, sizeOf(out, 1)}, [&](ValueRange at) {
      Value n = emit.add(emit.mul(group[0], interleavedRows), at[0]);
      BlockPlace to{out, group[0], at[1], at[0]};
      auto copy = [&] { copyBlock(emit, op.getFormat(), {op.getSource(), n, at[1], nullptr}, to); };
      if (rows % interleavedRows == 0)
        return copy();
      emit.when(emit.less(n, emit.index(rows)), copy, [&] {
        Value zero = emit.integer(emit.b.getI8Type(), 0);
        for (int64_t i = 0; i < 2; ++i)
          to.store(emit, zero, to.scaleByte(emit, i));
        emit.loop(blockBytes(op.getFormat()) - 2, [&](Value byte) { to.store(emit, zero, to.byte(emit, byte)); });
      });
    });
  });
}

void tern::cpu::expandNaive(Emitter &emit, DeinterleaveOp op) {
  Value out = op.getOuts()[0];
  emit.forall({sizeOf(out, 0)}, [&](ValueRange n) {
    emit.loop(sizeOf(out, 1), [&](Value b) {
      copyBlock(emit, op.getFormat(), interleavedPlace(emit, op.getSource(), n[0], b), {out, n[0], b, nullptr});
    });
  });
}

// One block of a row of A, rounded to 8 bits, times one of B.
static Value blockProduct(Emitter &emit, ContractOp op, Value m, Value n, Value b) {
  BlockEmitter block(emit, *op.getBlocks());
  BlockPlace place = interleavedPlace(emit, op.getB(), n, b);
  Value k0 = emit.mul(b, blockSize);
  auto at = [&](Value k) { return convertFloat(emit, emit.load(op.getA(), {m, emit.add(k0, k)}), emit.b.getF32Type()); };
  Value size = largest(block, at).first, inverse = reciprocal(block, size, 127);
  Value zero = emit.integer(emit.b.getI32Type(), 0);
  Value sum = emit.reduce(emit.index(0), emit.index(blockSize), 1, zero, [&](Value k, Value partial) -> Value {
    Value rounded = math::RoundEvenOp::create(emit.b, emit.loc, multiply(emit, at(k), inverse));
    Value product = arith::MulIOp::create(emit.b, emit.loc, toInteger(emit, rounded, -127, 127), block.loadInteger(place, k));
    return arith::AddIOp::create(emit.b, emit.loc, partial, product);
  });
  Value scale = multiply(emit, block.loadScale(place), divide(emit, size, emit.real(size.getType(), 127)));
  return multiply(emit, arith::SIToFPOp::create(emit.b, emit.loc, scale.getType(), sum), scale);
}

Value tern::cpu::naiveBlockSum(Emitter &emit, ContractOp op, Value m, Value n) {
  Value zero = emit.real(emit.b.getF32Type(), 0);
  return emit.reduce(emit.index(0), emit.index(op.getK() / blockSize), 1, zero, [&](Value b, Value sum) -> Value {
    return arith::AddFOp::create(emit.b, emit.loc, sum, blockProduct(emit, op, m, n, b));
  });
}
