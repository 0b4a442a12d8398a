// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernels of products share.

#include "compiler/cpu/ContractKernel.h"

using namespace mlir;
using namespace tern::cpu;

ContractKernel::~ContractKernel() = default;

Value ContractKernel::firstRow(Value tile) {
  Value first = emit.mul(tile, plan.tallRows);
  if (!plan.hasShortTiles())
    return first;
  // Tiles after the tall ones are shorter.
  Value before = emit.max(emit.sub(tile, emit.index(plan.tallTiles)), emit.index(0));
  return emit.sub(first, emit.mul(before, plan.tallRows - plan.shortRows));
}

MatrixSource ContractKernel::sourceOf(Value memref, bool transposed, Value k0) {
  MatrixSource source{memref, transposed, emit.index(0), emit.index(0), {}, shape.compute};
  (transposed ? source.column : source.row) = k0;
  return source;
}

// A view of its own, so that inner loops count from 0: a shared sum of k0 and k would tie the addresses of B to those of A, and
// LLVM would then load all of A first and spill.
Value ContractKernel::blockInPlace(Value panel, Value k0) {
  Value b = op.getB();
  Attribute one = emit.b.getIndexAttr(1);
  SmallVector<OpFoldResult> offsets = {panel, emit.div(k0, emit.index(group)), emit.b.getIndexAttr(0)}, strides(3, one);
  SmallVector<int64_t> shapeOfBlock = {std::min(plan.depth / group, sizeOf(b, 1)), sizeOf(b, 2)};
  SmallVector<OpFoldResult> sizes = {one, emit.b.getIndexAttr(shapeOfBlock[0]), emit.b.getIndexAttr(shapeOfBlock[1])};
  MemRefType type = memref::SubViewOp::inferRankReducedResultType(shapeOfBlock, memrefType(b), offsets, sizes, strides);
  return memref::SubViewOp::create(emit.b, emit.loc, type, b, offsets, sizes, strides);
}

void tern::cpu::prefetch(Emitter &emit, Value memref, ValueRange at, bool isWrite) {
  memref::PrefetchOp::create(emit.b, emit.loc, memref, at, isWrite, /*localityHint=*/isWrite ? 3 : 2, /*isDataCache=*/true);
}

int64_t tern::cpu::elementsPerLine(Value memref) {
  return 64 * 8 / memrefType(memref).getElementType().getIntOrFloatBitWidth();
}
