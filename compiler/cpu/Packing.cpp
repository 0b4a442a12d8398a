// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packing of panels: rows are copied, columns are transposed in registers.

#include "compiler/cpu/Packing.h"

using namespace mlir;
using namespace tern::cpu;

SmallVector<Value> MatrixSource::at(Emitter &emit, Value first, Value second) const {
  SmallVector<Value> indices = before;
  indices.push_back(emit.add(row, transposed ? second : first));
  indices.push_back(emit.add(column, transposed ? first : second));
  return indices;
}

static VectorType panelVector(Value panel, const RegisterTile &tile) {
  return VectorType::get({tile.lanes}, memrefType(panel).getElementType());
}

static void copyRows(Emitter &emit, const MatrixSource &matrix, Value panel, Value depth, Value n0, Value limit,
                     const RegisterTile &tile, bool masked) {
  SmallVector<Value> masks(tile.vectors);
  for (int64_t j = 0; masked && j < tile.vectors; ++j)
    masks[j] = maskOf(emit, tile.lanes, emit.sub(limit, emit.add(n0, j * tile.lanes)));
  emit.loop(emit.index(0), depth, 1, [&](Value k) {
    for (int64_t j = 0; j < tile.vectors; ++j) {
      SmallVector<Value> at = matrix.at(emit, k, emit.add(n0, j * tile.lanes));
      Value row = loadVector(emit, panelVector(panel, tile), matrix.memref, at, masks[j]);
      storeVector(emit, row, panel, {k, emit.index(j * tile.lanes)});
    }
  });
}

// Transposes lanes x lanes blocks: `lanes` columns n by `lanes` steps of k. Columns beyond the limit repeat the last one.
static void transposeBlock(Emitter &emit, const MatrixSource &matrix, Value panel, Value k, Value n0, Value limit,
                           const RegisterTile &tile, Value mask) {
  Value last = emit.add(limit, emit.index(-1));
  for (int64_t j = 0; j < tile.vectors; ++j) {
    SmallVector<Value> rows;
    for (int64_t i = 0; i < tile.lanes; ++i) {
      Value n = emit.min(emit.add(n0, j * tile.lanes + i), last);
      rows.push_back(loadVector(emit, panelVector(panel, tile), matrix.memref, matrix.at(emit, k, n), mask));
    }
    for (auto [i, row] : llvm::enumerate(transposeVectors(emit, rows)))
      storeVector(emit, row, panel, {emit.add(k, int64_t(i)), emit.index(j * tile.lanes)});
  }
}

static void transposeColumns(Emitter &emit, const MatrixSource &matrix, Value panel, Value depth, Value n0, Value limit,
                             const RegisterTile &tile) {
  Value whole = emit.mul(emit.div(depth, emit.index(tile.lanes)), tile.lanes);
  emit.loop(emit.index(0), whole, tile.lanes,
            [&](Value k) { transposeBlock(emit, matrix, panel, k, n0, limit, tile, nullptr); });
  if (auto constant = getConstantIntValue(depth); constant && *constant % tile.lanes == 0)
    return;
  emit.when(emit.less(whole, depth), [&] {
    Value mask = maskOf(emit, tile.lanes, emit.sub(depth, whole));
    transposeBlock(emit, matrix, panel, whole, n0, limit, tile, mask);
  });
}

void tern::cpu::packPanel(Emitter &emit, const MatrixSource &matrix, Value panel, Value depth, Value n0, Value limit,
                          const RegisterTile &tile) {
  if (matrix.transposed)
    return transposeColumns(emit, matrix, panel, depth, n0, limit, tile);
  auto copy = [&](bool masked) { copyRows(emit, matrix, panel, depth, n0, limit, tile, masked); };
  if (auto constant = getConstantIntValue(limit); constant && *constant % tile.columns() == 0)
    return copy(false);
  emit.when(emit.less(limit, emit.add(n0, tile.columns())), [&] { copy(true); }, [&] { copy(false); });
}
