// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What attention and its gradient share: the mask, blocks of one head in scratch, products of tiles, rows of scores.

#ifndef TERN_COMPILER_CPU_ATTENTIONHEAD_H
#define TERN_COMPILER_CPU_ATTENTIONHEAD_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// Sizes, attributes and mask of either op.
struct AttentionShape {
  int64_t batch, heads, kvHeads, queries, keys, channels;
  double scale;
  kernel::AttentionMask mask;
  Type sum;     // of softmax and sums
  Type compute; // of products: bf16 where all operands are

  template <typename AttentionLike>
  static AttentionShape of(AttentionLike op) {
    kernel::AttentionMask mask{op.getCausal(), op.getKeyLengths(), op.getPosition(), op.getDropout().convertToDouble(),
                               op.getKey(), int64_t(op.getWindow()), op.getBias()};
    SmallVector<Value> inputs = {op.getQ(), op.getK(), op.getV()};
    if constexpr (std::is_same_v<AttentionLike, kernel::AttentionGradOp>)
      inputs.push_back(op.getCotangent());
    auto narrow = [](Value input) { return memrefType(input).getElementType().isBF16(); };
    Type compute = llvm::all_of(inputs, narrow) ? memrefType(op.getQ()).getElementType() : op.getSumType();
    return {op.getBatch(), int64_t(op.getHeads()), int64_t(op.getKvHeads()), op.getQueryLength(), op.getKeyLength(),
            op.getHeadSize(), op.getScale().convertToDouble(), mask, op.getSumType(), compute};
  }
  /// Places that a query may have for its bias, and distances from all of them to all keys.
  int64_t places() const { return mask.causal ? keys : queries; }
  int64_t distances() const { return places() + keys - 1; }
  /// Query heads that share a key-value head.
  int64_t group() const { return heads / kvHeads; }
};

/// Rows of a register tile of queries: nearly equal tiles, so that none is short.
int64_t tileRows(const Machine &machine, const AttentionShape &shape, int64_t rows);

/// Emits the parts of a task. Products read blocks in scratch, in units: one element in the type of sums, or, where the
/// machine multiplies pairs of bf16 and the operands have it, two that follow each other along the sum.
class AttentionHead {
public:
  AttentionHead(Emitter &emit, const Machine &machine, const AttentionShape &shape, Value batch);

  /// The number of keys that query `i` sees; `i` may lie beyond the last one, which then answers.
  Value visible(Value i);
  /// The first key that query `i` sees; 0 without a window.
  Value firstKey(Value i);
  /// The first query that sees key `j`; 0 without a causal mask. And the end of those that do: all without a window.
  Value firstQuery(Value j);
  Value lastQuery(Value j);

  /// Columns of a row of one head in scratch: whole panels, zero beyond the channels.
  int64_t rowColumns() const { return llvm::alignTo(shape.channels, tile.columns()); }
  /// Rows of one head: sums, or left factors.
  Value allocateSums(int64_t rows) { return allocate(emit, {rows, rowColumns()}, shape.sum); }
  Value allocateRows(int64_t rows) { return allocate(emit, {rows, rowColumns()}, packed); }
  /// Rows of a (batch, position, heads * D) memref, at one head: to[at + r] for r < count; zeros up to `most` rows.
  void copyRows(Value memref, Value whichHead, Value first, Value count, int64_t most, Value to, Value at);
  /// The same rows, for products over positions: (units of positions, D). Without pairs these are rows.
  Value allocateAlong(int64_t rows);
  void packAlong(Value memref, Value whichHead, Value first, Value count, int64_t most, Value to);
  /// Rows as columns: (panel, units of D, columns), for products over channels. Columns beyond `count` repeat the last row.
  void packAcross(Value memref, Value whichHead, Value first, Value count, Value panels);
  Value allocateAcross(int64_t rows);

  /// A unit of a row, or of a column of rows that are stored in pairs.
  Value unitOfRow(Value rows, Value row, Value unit) { return loadUnit(rows, row, emit.mul(unit, pair)); }
  Value unitOfColumn(Value rows, Value unit, Value column) { return loadUnit(rows, unit, emit.mul(column, pair)); }

  /// scores[at + r, 0..end) = rows[from + r, :] . panels for the rows of one tile.
  void multiplyAcross(int64_t count, Value rows, Value from, Value panels, Value scores, Value at, Value end);
  /// result[r, n] = initial(r, n) + sum over the units of positions [low, high) of left(r, unit) along[unit, n], handed out
  /// vector by vector. Where a bound splits a unit, the factors beyond it must be 0.
  void multiplyAlong(int64_t count, Value low, Value high, llvm::function_ref<Value(int64_t, Value)> left, Value along,
                     llvm::function_ref<Value(int64_t row, Value n)> initial,
                     llvm::function_ref<void(int64_t row, Value n, Value vector)> finish);

  /// Where the bias of key 0 stands for query `i`, and a vector of biases from such a place on, 0 beyond the last.
  Value biasOfKeyZero(Value i);
  Value loadBias(Value whichHead, Value at);

  /// What a row sees of a block of keys: [low, high), low null for 0.
  struct Seen {
    Value low, high;
  };
  /// What query `i` sees of the keys from key0 on; none of those from `end` on, which its tile does not see.
  Seen seenBy(Value i, Value key0, Value end);
  /// The lanes from j on that a row sees.
  Value maskOfSeen(Seen seen, Value j);
  /// Runs over a row of scores in vectors from 0 to `end`, carrying values; `mask` is null where all lanes are seen.
  SmallVector<Value> overRow(Seen seen, Value end, ValueRange initial,
                             llvm::function_ref<SmallVector<Value>(Value j, Value mask, ValueRange)> body);
  /// Runs over the channels of a row in vectors; `mask` is null where all lanes exist.
  void overChannels(llvm::function_ref<void(Value n, Value mask)> body);
  void fill(Value memref, double value);
  /// 0 or 1 / (1 - rate) for keys j.. of query i of a head; null without dropout.
  Value keepFactors(Value whichHead, Value i, Value j);

  /// Vectors of a (batch, position, heads * D) memref in the type of sums.
  Value loadChannels(Value memref, Value position, Value channel, Value mask);
  void storeChannels(Value vector, Value memref, Value position, Value channel, Value mask);
  Value firstChannel(Value whichHead) { return emit.mul(whichHead, shape.channels); }

  Value multiply(Value left, Value right) { return mlir::arith::MulFOp::create(emit.b, emit.loc, left, right); }
  Value plus(Value left, Value right) { return mlir::arith::AddFOp::create(emit.b, emit.loc, left, right); }
  Value minus(Value left, Value right) { return mlir::arith::SubFOp::create(emit.b, emit.loc, left, right); }
  Value multiplyPlus(Value left, Value right, Value sum) { return multiplyAdd(emit, machine, left, right, sum); }
  Value larger(Value left, Value right);
  Value where(Value mask, Value left, Value right);
  Value sumLanes(Value vector);
  Value scalarOf(Value memref, ValueRange at); // loaded, in all lanes
  Value load(Value memref, ValueRange at) { return loadVector(emit, type, memref, at); }
  void store(Value vector, Value memref, ValueRange at) { storeVector(emit, vector, memref, at); }
  Value real(double value) { return emit.real(type, value); }

  /// Below every score, and finite: the difference of two of it is no NaN.
  static constexpr double lowest = -1e38;

  Emitter &emit;
  const Machine &machine;
  AttentionShape shape;
  RegisterTile tile;
  mlir::VectorType type;
  Value batch;
  Type packed;  // of factors
  int64_t pair; // elements of a unit

private:
  void transposeRows(Value memref, Value whichHead, Value first, Value last, Value d, Value mask, Value panel, Value n0);
  Value loadUnit(Value memref, Value row, Value column);
  Value loadUnits(Value memref, Value position, Value channel, Value mask);

  Value limit;    // keys of the batch row, null for all
  Value position; // of query 0, null without a causal mask
};

void expandAttention(Emitter &emit, const Machine &machine, kernel::AttentionOp op);
/// Whether few enough queries read each key that it is not worth a copy; and the form for it.
bool isStream(kernel::AttentionOp op);
void expandAttentionStream(Emitter &emit, const Machine &machine, kernel::AttentionOp op);
void expandAttentionGrad(Emitter &emit, const Machine &machine, kernel::AttentionGradOp op);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_ATTENTIONHEAD_H
