// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounds rows of A to 8 bits. What the sum of products is too large by, because the bytes of B are unsigned, depends on the
// rounded row alone and is kept beside it.

#include "compiler/cpu/BlockRows.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

// The largest magnitude. Bits without the sign are in the order of magnitudes, with what is no number above all.
static Value largestOf(Emitter &emit, ArrayRef<Value> parts) {
  auto words = cast<VectorType>(parts[0].getType()).clone(emit.b.getI32Type());
  auto larger = [&](Value left, Value right) -> Value { return arith::MaxUIOp::create(emit.b, emit.loc, left, right); };
  Value size = emit.integer(words, 0);
  for (Value part : parts) {
    Value bits = vector::BitCastOp::create(emit.b, emit.loc, words, part);
    size = larger(size, arith::AndIOp::create(emit.b, emit.loc, bits, emit.integer(words, 0x7fffffff)));
  }
  return arith::BitcastOp::create(emit.b, emit.loc, emit.b.getF32Type(), foldLanes(emit, size, larger));
}

// 127 / size, and 0 for 0.
static Value inverseScale(Emitter &emit, Value size) {
  Value zero = emit.real(size.getType(), 0);
  Value isZero = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OEQ, size, zero);
  Value quotient = arith::DivFOp::create(emit.b, emit.loc, emit.real(size.getType(), 127), size);
  return arith::SelectOp::create(emit.b, emit.loc, isZero, zero, quotient);
}

// What is no number becomes -127; the scale of its block is none either.
static Value toIntegers(Emitter &emit, VectorType words, Value values) {
  Value rounded = math::RoundEvenOp::create(emit.b, emit.loc, values);
  rounded = arith::MaxNumFOp::create(emit.b, emit.loc, rounded, emit.real(values.getType(), -127));
  rounded = arith::MinNumFOp::create(emit.b, emit.loc, rounded, emit.real(values.getType(), 127));
  return arith::FPToSIOp::create(emit.b, emit.loc, words, rounded);
}

static void roundBlock(Emitter &emit, ContractOp op, int64_t lanes, const BlockRows &to, Value row, Value b) {
  auto floats = VectorType::get({lanes}, emit.b.getF32Type()), words = VectorType::get({lanes}, emit.b.getI32Type());
  auto stored = VectorType::get({lanes}, memrefType(op.getA()).getElementType());
  SmallVector<Value> parts;
  for (int64_t i = 0; i < blockSize; i += lanes) {
    Value part = loadVector(emit, stored, op.getA(), {row, emit.add(emit.mul(b, blockSize), i)});
    parts.push_back(convertFloat(emit, part, floats.getElementType()));
  }
  Value size = largestOf(emit, parts);
  Value inverse = vector::BroadcastOp::create(emit.b, emit.loc, floats, inverseScale(emit, size));
  Value total = emit.integer(words, 0);
  for (auto [i, part] : llvm::enumerate(parts)) {
    Value integers = toIntegers(emit, words, arith::MulFOp::create(emit.b, emit.loc, part, inverse));
    total = arith::AddIOp::create(emit.b, emit.loc, total, integers);
    Value bytes = arith::TruncIOp::create(emit.b, emit.loc, VectorType::get({lanes}, emit.b.getI8Type()), integers);
    auto packed = VectorType::get({lanes / 4}, emit.b.getI32Type());
    storeVector(emit, vector::BitCastOp::create(emit.b, emit.loc, packed, bytes), to.quads, {row, b, emit.index(i * lanes / 4)});
  }
  auto add = [&](Value left, Value right) -> Value { return arith::AddIOp::create(emit.b, emit.loc, left, right); };
  Value sum = foldLanes(emit, total, add);
  int64_t shift = *op.getBlocks() == BlockFormat::q8_0 ? 128 : 8;
  emit.store(arith::MulIOp::create(emit.b, emit.loc, sum, emit.integer(sum.getType(), -shift)), to.offsets, {row, b});
  emit.store(arith::DivFOp::create(emit.b, emit.loc, size, emit.real(size.getType(), 127)), to.scales, {row, b});
}

BlockRows tern::cpu::roundRows(Emitter &emit, ContractOp op, const Machine &machine) {
  int64_t m = op.getM(), blocks = op.getK() / blockSize, span = std::min<int64_t>(blocks, 16);
  BlockRows rows{allocate(emit, {m, blocks, blockSize / 4}, emit.b.getI32Type()),
                 allocate(emit, {m, blocks}, emit.b.getI32Type()), allocate(emit, {m, blocks}, emit.b.getF32Type())};
  emit.forall({m, int64_t(llvm::divideCeil(blocks, span))}, [&](ValueRange task) {
    Value low = emit.mul(task[1], span);
    emit.loop(low, emit.min(emit.add(low, span), emit.index(blocks)), 1,
              [&](Value b) { roundBlock(emit, op, machine.lanes(32), rows, task[0], b); });
  });
  return rows;
}
