// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens to a tile of C after its last block of k: the region of the product on vectors, while the sums are in cache.

#include "compiler/cpu/ContractKernel.h"
#include "compiler/cpu/VectorBody.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

void ContractEpilogue::begin() {
  if (op.getInit() == InitKind::Flag)
    flag = emit.load(op.getFlag(), {});
}

void ContractEpilogue::finish(Value sum, Value m, Value n0, int64_t rows) {
  auto type = VectorType::get({tile.lanes}, op.getSumType());
  auto rowsOf = [&](bool masked) {
    emit.loop(rows, [&](Value r) {
      for (int64_t j = 0; j < tile.columns(); j += tile.lanes)
        finishVector(loadVector(emit, type, sum, {r, emit.index(j)}), emit.add(m, r), emit.add(n0, j), masked);
    });
  };
  if (op.getN() % tile.columns() == 0)
    return rowsOf(false);
  emit.when(emit.less(emit.index(op.getN()), emit.add(n0, tile.columns())), [&] { rowsOf(true); }, [&] { rowsOf(false); });
}

// Reads all that the element needs before it writes: an extra may be an out.
void ContractEpilogue::finishVector(Value acc, Value m, Value n, bool masked) {
  Value mask = masked ? maskOf(emit, tile.lanes, emit.sub(emit.index(op.getN()), n)) : nullptr;
  if (op.getInit() != InitKind::Zero)
    acc = arith::AddFOp::create(emit.b, emit.loc, acc, previous(m, n, mask));
  SmallVector<Value> arguments = {acc};
  for (Value extra : op.getExtras()) {
    auto type = VectorType::get({tile.lanes}, memrefType(extra).getElementType());
    SmallVector<Value> at = memrefType(extra).getRank() == 1 ? SmallVector<Value>{n} : SmallVector<Value>{m, n};
    arguments.push_back(loadVector(emit, type, extra, at, mask));
  }
  SmallVector<Value> results = cloneVectorBody(emit, op.getEpilogue().front(), arguments, tile.lanes);
  for (auto [result, out] : llvm::zip_equal(results, op.getOuts()))
    storeVector(emit, result, out, {m, n}, mask);
}

// What the out held; not read at all where the flag is off.
Value ContractEpilogue::previous(Value m, Value n, Value mask) {
  auto type = VectorType::get({tile.lanes}, op.getSumType());
  auto read = [&] { return loadVector(emit, type, op.getOuts()[0], {m, n}, mask); };
  if (op.getInit() == InitKind::Add)
    return read();
  auto branch = scf::IfOp::create(emit.b, emit.loc, type, flag, true);
  OpBuilder::InsertionGuard guard(emit.b);
  emit.b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(emit.b, emit.loc, read());
  emit.b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(emit.b, emit.loc, emit.real(type, 0));
  return branch.getResult(0);
}

void ContractEpilogue::prefetchOperands(Value m, Value n0, int64_t rows) {
  emit.loop(rows, [&](Value r) {
    auto row = [&](Value memref, bool isWrite) {
      for (int64_t n = 0; n < tile.columns(); n += elementsPerLine(memref))
        prefetch(emit, memref, {emit.add(m, r), emit.add(n0, n)}, isWrite);
    };
    for (Value extra : op.getExtras())
      if (memrefType(extra).getRank() == 2)
        row(extra, /*isWrite=*/false);
    for (Value out : op.getOuts())
      row(out, /*isWrite=*/true);
  });
}
