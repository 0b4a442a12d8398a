// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products with interleaved blocks. A forall rounds the rows of A to 8 bits; a second one streams B, 16 rows at a time: a
// word of four bytes of each, by the same word of A, adds up in a lane per row, so that nothing is added across lanes.

#include "compiler/cpu/BlockStream.h"

#include "compiler/cpu/Epilogue.h"
#include "compiler/cpu/StreamPlan.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

static Value bitcast(Emitter &emit, VectorType type, Value vector) {
  return vector::BitCastOp::create(emit.b, emit.loc, type, vector);
}

Value tern::cpu::dotBytes(Emitter &emit, const Machine &machine, Value sum, Value left, Value right) {
  auto words = cast<VectorType>(sum.getType());
  int64_t lanes = words.getDimSize(0);
  if (machine.int8Dot) {
    auto bytes = VectorType::get({4 * lanes}, emit.b.getI8Type());
    Value spread = bitcast(emit, bytes, vector::BroadcastOp::create(emit.b, emit.loc, words, right));
    auto name = emit.b.getStringAttr("llvm.x86.avx512.vpdpbusd." + std::to_string(32 * lanes));
    return LLVM::CallIntrinsicOp::create(emit.b, emit.loc, words, name, ValueRange{sum, bitcast(emit, bytes, left), spread})
        .getResult(0);
  }
  for (int64_t byte = 0; byte < 4; ++byte) {
    Value unsignedByte = arith::ShRUIOp::create(emit.b, emit.loc, left, emit.integer(words, 8 * byte));
    unsignedByte = arith::AndIOp::create(emit.b, emit.loc, unsignedByte, emit.integer(words, 255));
    Value top = arith::ShLIOp::create(emit.b, emit.loc, right, emit.integer(right.getType(), 24 - 8 * byte));
    Value signedByte = arith::ShRSIOp::create(emit.b, emit.loc, top, emit.integer(right.getType(), 24));
    Value factor = vector::BroadcastOp::create(emit.b, emit.loc, words, signedByte);
    Value product = arith::MulIOp::create(emit.b, emit.loc, unsignedByte, factor);
    sum = arith::AddIOp::create(emit.b, emit.loc, sum, product);
  }
  return sum;
}

namespace {

class BlockStream {
public:
  BlockStream(Emitter &emit, ContractOp op, const Machine &machine)
      : emit(emit), op(op), machine(machine), format(*op.getBlocks()), lanes(machine.lanes(32)), m(op.getM()), n(op.getN()),
        blocks(op.getK() / blockSize), floats(VectorType::get({lanes}, emit.b.getF32Type())),
        words(VectorType::get({lanes}, emit.b.getI32Type())),
        plan(planBlockStream({m, n, op.getK()}, machine, blockBytes(format))) {}

  void expand() {
    quads = allocate(emit, {m, blocks, blockSize / 4}, emit.b.getI32Type());
    offsets = allocate(emit, {m, blocks}, emit.b.getI32Type());
    scales = allocate(emit, {m, blocks}, emit.b.getF32Type());
    int64_t span = std::min<int64_t>(blocks, 16);
    emit.forall({m, int64_t(llvm::divideCeil(blocks, span))}, [&](ValueRange task) {
      Value low = emit.mul(task[1], span);
      emit.loop(low, emit.min(emit.add(low, span), emit.index(blocks)), 1, [&](Value b) { roundBlock(task[0], b); });
    });
    emit.forall({plan.tasks}, [&](ValueRange task) {
      flag = op.getInit() == InitKind::Flag ? emit.load(op.getFlag(), {}) : Value();
      Value low = emit.mul(task[0], plan.groups), groups = emit.index(llvm::divideCeil(n, interleavedRows));
      emit.loop(low, emit.min(emit.add(low, plan.groups), groups), 1, [&](Value group) { streamGroup(group); });
    });
  }

private:
  // Rows of A in blocks of 8 bits, their scales, and what the sum of products is too large by because the bytes of B are
  // unsigned.
  void roundBlock(Value row, Value b) {
    SmallVector<Value> parts;
    auto stored = VectorType::get({lanes}, memrefType(op.getA()).getElementType());
    for (int64_t i = 0; i < blockSize; i += lanes) {
      Value part = loadVector(emit, stored, op.getA(), {row, emit.add(emit.mul(b, blockSize), i)});
      parts.push_back(convertFloat(emit, part, floats.getElementType()));
    }
    Value size = largest(parts);
    Value inverse = vector::BroadcastOp::create(emit.b, emit.loc, floats, reciprocal(size));
    Value total = emit.integer(words, 0);
    for (auto [i, part] : llvm::enumerate(parts)) {
      Value integers = toIntegers(arith::MulFOp::create(emit.b, emit.loc, part, inverse));
      total = arith::AddIOp::create(emit.b, emit.loc, total, integers);
      Value bytes = arith::TruncIOp::create(emit.b, emit.loc, VectorType::get({lanes}, emit.b.getI8Type()), integers);
      Value packed = bitcast(emit, VectorType::get({lanes / 4}, emit.b.getI32Type()), bytes);
      storeVector(emit, packed, quads, {row, b, emit.index(i * lanes / 4)});
    }
    auto add = [&](Value left, Value right) -> Value { return arith::AddIOp::create(emit.b, emit.loc, left, right); };
    Value sum = foldLanes(emit, total, add);
    int64_t shift = format == BlockFormat::q8_0 ? 128 : 8;
    emit.store(arith::MulIOp::create(emit.b, emit.loc, sum, emit.integer(sum.getType(), -shift)), offsets, {row, b});
    emit.store(arith::DivFOp::create(emit.b, emit.loc, size, emit.real(size.getType(), 127)), scales, {row, b});
  }

  Value largest(ArrayRef<Value> parts) {
    auto larger = [&](Value left, Value right) -> Value { return arith::MaximumFOp::create(emit.b, emit.loc, left, right); };
    Value size = math::AbsFOp::create(emit.b, emit.loc, parts[0]);
    for (Value part : parts.drop_front())
      size = larger(size, math::AbsFOp::create(emit.b, emit.loc, part));
    return foldLanes(emit, size, larger);
  }

  Value reciprocal(Value size) {
    Value zero = emit.real(size.getType(), 0);
    Value isZero = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OEQ, size, zero);
    Value quotient = arith::DivFOp::create(emit.b, emit.loc, emit.real(size.getType(), 127), size);
    return arith::SelectOp::create(emit.b, emit.loc, isZero, zero, quotient);
  }

  // What is no number becomes -127; the scale of its block is none either.
  Value toIntegers(Value values) {
    Value rounded = math::RoundEvenOp::create(emit.b, emit.loc, values);
    rounded = arith::MaxNumFOp::create(emit.b, emit.loc, rounded, emit.real(floats, -127));
    rounded = arith::MinNumFOp::create(emit.b, emit.loc, rounded, emit.real(floats, 127));
    return arith::FPToSIOp::create(emit.b, emit.loc, words, rounded);
  }

  // 16 columns of C: all rows of A, a few at a time, while the group is in the cache.
  void streamGroup(Value group) {
    int64_t whole = m / plan.rows * plan.rows;
    if (whole == plan.rows)
      streamRows(group, emit.index(0), plan.rows);
    else
      emit.loop(emit.index(0), emit.index(whole), plan.rows, [&](Value row) { streamRows(group, row, plan.rows); });
    if (whole < m)
      streamRows(group, emit.index(whole), m - whole);
  }

  int64_t vectors() const { return interleavedRows / lanes; }

  void streamRows(Value group, Value row, int64_t rows) {
    SmallVector<Value> zeros(rows * vectors(), emit.real(floats, 0));
    auto addBlock = [&](Value b, ValueRange sums) {
      prefetchBlock(group, b);
      return multiplyBlock(group, b, row, rows, sums);
    };
    SmallVector<Value> sums = emit.loop(emit.index(0), emit.index(blocks), 1, zeros, addBlock);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t v = 0; v < vectors(); ++v)
        finish(sums[r * vectors() + v], emit.add(row, r), emit.add(emit.mul(group, interleavedRows), v * lanes));
  }

  void prefetchBlock(Value group, Value b) {
    for (int64_t byte = 0; byte < interleavedRows * blockBytes(format); byte += 64)
      memref::PrefetchOp::create(emit.b, emit.loc, op.getB(), ValueRange{group, emit.add(b, plan.blocksAhead), emit.index(byte)},
                                 /*isWrite=*/false, /*localityHint=*/3, /*isDataCache=*/true);
  }

  Value loadBytes(Value group, Value b, int64_t at, int64_t count) {
    return loadVector(emit, VectorType::get({count}, emit.b.getI8Type()), op.getB(), {group, b, emit.index(at)});
  }

  Value loadWords(Value group, Value b, int64_t quad, int64_t v) {
    int64_t at = 2 * interleavedRows + quad * 4 * interleavedRows + v * 4 * lanes;
    return bitcast(emit, words, loadBytes(group, b, at, 4 * lanes));
  }

  // The words of B and which word of a block of A each meets.
  SmallVector<std::pair<Value, int64_t>> wordsOf(Value group, Value b, int64_t v) {
    SmallVector<std::pair<Value, int64_t>> found;
    if (format == BlockFormat::q8_0) {
      for (int64_t quad = 0; quad < blockSize / 4; ++quad)
        found.push_back({loadWords(group, b, quad, v), quad});
      return found;
    }
    Value lowHalves = emit.integer(words, 0x0f0f0f0f);
    for (int64_t quad = 0; quad < blockSize / 8; ++quad) {
      Value both = loadWords(group, b, quad, v);
      Value shifted = arith::ShRUIOp::create(emit.b, emit.loc, both, emit.integer(words, 4));
      found.push_back({arith::AndIOp::create(emit.b, emit.loc, both, lowHalves), quad});
      found.push_back({arith::AndIOp::create(emit.b, emit.loc, shifted, lowHalves), quad + blockSize / 8});
    }
    return found;
  }

  SmallVector<Value> multiplyBlock(Value group, Value b, Value row, int64_t rows, ValueRange carried) {
    SmallVector<Value> sums(carried.begin(), carried.end());
    for (int64_t v = 0; v < vectors(); ++v) {
      SmallVector<Value> dots;
      for (int64_t r = 0; r < rows; ++r)
        dots.push_back(vector::BroadcastOp::create(emit.b, emit.loc, words, emit.load(offsets, {emit.add(row, r), b})));
      for (auto [word, quad] : wordsOf(group, b, v))
        for (int64_t r = 0; r < rows; ++r)
          dots[r] = dotBytes(emit, machine, dots[r], word, emit.load(quads, {emit.add(row, r), b, emit.index(quad)}));
      Value weightScales = loadScales(group, b, v);
      for (int64_t r = 0; r < rows; ++r) {
        Value scale = vector::BroadcastOp::create(emit.b, emit.loc, floats, emit.load(scales, {emit.add(row, r), b}));
        scale = arith::MulFOp::create(emit.b, emit.loc, weightScales, scale);
        Value dot = arith::SIToFPOp::create(emit.b, emit.loc, floats, dots[r]);
        Value &sum = sums[r * vectors() + v];
        sum = multiplyAdd(emit, machine, dot, scale, sum);
      }
    }
    return sums;
  }

  Value loadScales(Value group, Value b, int64_t v) {
    Value bytes = loadBytes(group, b, v * 2 * lanes, 2 * lanes);
    return convertFloat(emit, bitcast(emit, VectorType::get({lanes}, emit.b.getF16Type()), bytes), floats.getElementType());
  }

  void finish(Value sum, Value row, Value n0) {
    if (n % lanes == 0 && n % interleavedRows == 0)
      return finishSums(emit, op, flag, sum, row, n0, nullptr);
    Value isWhole = emit.less(emit.add(n0, lanes - 1), emit.index(n));
    emit.when(isWhole, [&] { finishSums(emit, op, flag, sum, row, n0, nullptr); }, [&] {
      finishSums(emit, op, flag, sum, row, n0, maskOf(emit, lanes, emit.sub(emit.index(n), n0)));
    });
  }

  Emitter &emit;
  ContractOp op;
  const Machine &machine;
  BlockFormat format;
  int64_t lanes, m, n, blocks;
  VectorType floats, words;
  BlockStreamPlan plan;
  Value quads, offsets, scales; // of A: (M, K / 32, 8) words of four bytes, (M, K / 32), (M, K / 32)
  Value flag;
};

} // namespace

void tern::cpu::expandBlockStream(Emitter &emit, ContractOp op, const Machine &machine) {
  BlockStream(emit, op, machine).expand();
}
