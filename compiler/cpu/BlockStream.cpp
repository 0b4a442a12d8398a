// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of up to eight rows with interleaved blocks: B streams from memory once, 16 rows at a time, and each block serves
// all rows of A while it is in registers.

#include "compiler/cpu/BlockStream.h"

#include "compiler/cpu/BlockProduct.h"
#include "compiler/cpu/StreamPlan.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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

class BlockStream : BlockProduct {
public:
  BlockStream(Emitter &emit, ContractOp op, const Machine &machine)
      : BlockProduct(emit, op, machine), plan(planBlockStream({m, n, op.getK()}, machine, blockBytes(format))) {}

  void expand() {
    a = roundRows(emit, op, machine);
    emit.forall({plan.tasks}, [&](ValueRange task) {
      loadFlag();
      Value low = emit.mul(task[0], plan.groups);
      emit.loop(low, emit.min(emit.add(low, plan.groups), emit.index(groups)), 1, [&](Value group) { streamGroup(group); });
    });
  }

private:
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

  void streamRows(Value group, Value row, int64_t rows) {
    SmallVector<Value> zeros(rows * vectors(), emit.real(floats, 0));
    SmallVector<Value> sums = emit.loop(emit.index(0), emit.index(blocks), 1, zeros, [&](Value b, ValueRange carried) {
      for (int64_t byte = 0; byte < groupBytes(); byte += 64)
        prefetch(group, emit.add(b, plan.blocksAhead), emit.index(byte));
      return multiplyBlock(group, b, row, rows, vectors(), carried);
    });
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t v = 0; v < vectors(); ++v)
        finish(sums[r * vectors() + v], emit.add(row, r), emit.add(emit.mul(group, interleavedRows), v * lanes));
  }

  BlockStreamPlan plan;
};

} // namespace

void tern::cpu::expandBlockStream(Emitter &emit, ContractOp op, const Machine &machine) {
  BlockStream(emit, op, machine).expand();
}
