// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernels of products share.

#include "compiler/cpu/ContractKernel.h"

#include "llvm/Support/MathExtras.h"

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

// Lines of a block of B: those along a row in memory, and rows.
std::pair<int64_t, int64_t> ContractKernel::linesOfBlock() {
  int64_t along = plan.tile.columns() * (shape.packsB() ? 1 : group), across = plan.depth / (shape.packsB() ? 1 : group);
  if (shape.packsB() && shape.transposeB)
    std::swap(along, across);
  return {llvm::divideCeil(along, elementsPerLine(op.getB())), across};
}

int64_t ContractKernel::linesPerTile() {
  auto [along, across] = linesOfBlock();
  return llvm::divideCeil(along * across, plan.taskTiles);
}

void ContractKernel::prefetchLine(const TilePlace &place, Value line) {
  auto [panel, k0] = place.next;
  Value along = emit.index(linesOfBlock().first), row = emit.div(line, along), n0 = firstColumn(panel);
  Value column = emit.mul(emit.rem(line, along), elementsPerLine(op.getB()));
  SmallVector<Value> at = {emit.add(k0, row), emit.add(n0, column)};
  if (!shape.packsB())
    at = {panel, emit.add(emit.div(k0, emit.index(group)), row), column};
  else if (shape.transposeB)
    at = {emit.add(n0, row), emit.add(k0, column)};
  prefetch(emit, op.getB(), at, /*isWrite=*/false);
}

void tern::cpu::prefetch(Emitter &emit, Value memref, ValueRange at, bool isWrite) {
  memref::PrefetchOp::create(emit.b, emit.loc, memref, at, isWrite, /*localityHint=*/isWrite ? 3 : 2, /*isDataCache=*/true);
}

int64_t tern::cpu::elementsPerLine(Value memref) {
  return 64 * 8 / memrefType(memref).getElementType().getIntOrFloatBitWidth();
}
