// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens to a tile of C after its last block of k: the region of the product on vectors, while the sums are in cache.

#include "compiler/cpu/ContractKernel.h"
#include "compiler/cpu/Epilogue.h"

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

void ContractEpilogue::finishVector(Value acc, Value m, Value n, bool masked) {
  Value mask = masked ? maskOf(emit, tile.lanes, emit.sub(emit.index(op.getN()), n)) : nullptr;
  finishSums(emit, op, flag, acc, m, n, mask);
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
