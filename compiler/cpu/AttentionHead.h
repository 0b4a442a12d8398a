// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What attention and its gradient share: one head's operands, packed panels, tiles of scores, softmax of score rows.

#ifndef TERN_COMPILER_CPU_ATTENTIONHEAD_H
#define TERN_COMPILER_CPU_ATTENTIONHEAD_H

#include "compiler/cpu/Packing.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// Sizes and attributes of either op.
struct AttentionShape {
  int64_t batch, heads, kvHeads, queries, keys, channels;
  bool causal;
  double scale, dropout;
  Type element;

  template <typename AttentionLike>
  static AttentionShape of(AttentionLike op) {
    return {op.getBatch(), int64_t(op.getHeads()), int64_t(op.getKvHeads()), op.getQueryLength(), op.getKeyLength(),
            op.getHeadSize(), op.getCausal(), op.getScale().convertToDouble(), op.getDropout().convertToDouble(),
            memrefType(op.getQ()).getElementType()};
  }
};

/// Emits the parts of a task. Rows of scores lie in a memref (rows, scoreColumns()); a position below is a row of it.
class AttentionHead {
public:
  AttentionHead(Emitter &emit, const Machine &machine, const AttentionShape &shape, Value key, int64_t rows);

  /// Columns of a score row in memory: whole panels and whole tiles of keys.
  int64_t scoreColumns() const;
  int64_t keyPanels() const { return llvm::divideCeil(shape.keys, tile.columns()); }
  int64_t channelPanels() const { return llvm::divideCeil(shape.channels, tile.columns()); }

  /// The number of keys that query `i` sees.
  Value visible(Value i);

  /// Rows of a (batch, position, heads * D) memref at one head, as a matrix source.
  MatrixSource headOf(Value memref, bool transposed, Value row, Value whichHead);
  /// Panels of head rows as columns: (panel, D, columns), for products over channels.
  Value packAcross(Value memref, Value whichHead, Value count);
  /// Panels of head channels: (panel, position, columns), for products over positions.
  Value packAlong(Value memref, Value whichHead, Value first, Value count, int64_t most);

  /// scores[at + r, 0..end) = A[i + r, :] . panels, for the rows of one tile; A is read in place.
  void multiplyAcross(Value a, Value whichHead, Value i, Value panels, Value scores, Value at, Value end);
  /// destination[r, n] = sum over j < depth of left(r, j) panels[j, n], handed out vector by vector.
  void multiplyAlong(int64_t leftRows, llvm::function_ref<Value(int64_t, Value)> left, Value panels, Value depth,
                     llvm::function_ref<void(int64_t row, Value n, Value vector, Value mask)> finish);

  /// e = exp(scale (score - max)) in place where visible, 0 from there to `end`; returns 1 / sum e.
  Value exponentiate(Value scores, Value at, Value seen, Value end);
  /// Runs over a score row in vectors from 0 to `end`, carrying values; `mask` is null where all lanes are seen.
  SmallVector<Value> overRow(Value seen, Value end, ValueRange initial,
                             llvm::function_ref<SmallVector<Value>(Value j, Value mask, ValueRange)> body);
  /// 0 or 1 / (1 - rate) for lanes j.. of query i of a head; null without dropout.
  Value keepFactors(Value whichBatch, Value whichHead, Value i, Value j);

  Value multiply(Value left, Value right) { return mlir::arith::MulFOp::create(emit.b, emit.loc, left, right); }
  Value plus(Value left, Value right) { return mlir::arith::AddFOp::create(emit.b, emit.loc, left, right); }
  Value minus(Value left, Value right) { return mlir::arith::SubFOp::create(emit.b, emit.loc, left, right); }
  Value sumLanes(Value vector);

  Emitter &emit;
  const Machine &machine;
  AttentionShape shape;
  Value key;    // i64, of dropout
  int64_t rows; // of a tile of queries
  RegisterTile tile;
  mlir::VectorType type;
  Value batch; // of the task under way
};

/// Rows of a query tile: as many as registers hold and `queries` has.
int64_t queryTileRows(const Machine &machine, Type element, int64_t queries);

void expandAttention(Emitter &emit, const Machine &machine, kernel::AttentionOp op);
void expandAttentionGrad(Emitter &emit, const Machine &machine, kernel::AttentionGradOp op);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_ATTENTIONHEAD_H
