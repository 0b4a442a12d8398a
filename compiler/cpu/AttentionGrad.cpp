// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gradient of attention at speed. A task is one (batch, key-value head); it passes over blocks of query rows, keeps
// the probabilities p and the score gradients ds of a block in scratch, and sums dk and dv of its head there too.

#include "compiler/cpu/AttentionHead.h"
#include "compiler/cpu/VectorBody.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

class AttentionGradTask {
public:
  AttentionGradTask(AttentionHead &head, AttentionGradOp op, int64_t blocks, int64_t mostRows)
      : head(head), op(op), emit(head.emit), shape(head.shape), blocks(blocks), mostRows(mostRows) {}

  void expand(Value batch, Value kvHead) {
    head.batch = batch;
    Value all = emit.index(shape.keys), zero = emit.index(0);
    keysAcross = head.packAcross(op.getK(), kvHead, all);
    valuesAcross = head.packAcross(op.getV(), kvHead, all);
    keysAlong = head.packAlong(op.getK(), kvHead, zero, all, shape.keys);
    weights = allocate(emit, {mostRows, head.scoreColumns()}, shape.element);
    gradients = allocate(emit, {mostRows, head.scoreColumns()}, shape.element);
    int64_t keyRows = llvm::alignTo(shape.keys, head.tile.rows), columns = head.channelPanels() * head.tile.columns();
    keySums = allocate(emit, {keyRows, columns}, shape.element);
    valueSums = allocate(emit, {keyRows, columns}, shape.element);
    clear(keySums);
    clear(valueSums);
    int64_t group = shape.heads / shape.kvHeads;
    emit.loop(group, [&](Value member) {
      Value whichHead = emit.add(emit.mul(kvHead, group), member);
      emit.loop(blocks, [&](Value block) {
        Value low = emit.div(emit.mul(block, shape.queries), emit.index(blocks));
        Value high = emit.div(emit.mul(emit.add(block, 1), shape.queries), emit.index(blocks));
        expandBlock(whichHead, low, high);
      });
    });
    copyOut(keySums, op.getOuts()[1], kvHead);
    copyOut(valueSums, op.getOuts()[2], kvHead);
  }

private:
  void clear(Value sums) {
    emit.loop(sizeOf(sums, 0), [&](Value row) {
      emit.loop(emit.index(0), emit.index(sizeOf(sums, 1)), head.tile.lanes,
                [&](Value n) { storeVector(emit, emit.real(head.type, 0), sums, {row, n}); });
    });
  }

  void copyOut(Value sums, Value out, Value kvHead) {
    Value channel0 = emit.mul(kvHead, shape.channels);
    emit.loop(shape.keys, [&](Value j) {
      for (int64_t n = 0; n < shape.channels; n += head.tile.lanes) {
        bool whole = n + head.tile.lanes <= shape.channels;
        Value mask = whole ? nullptr : maskOf(emit, head.tile.lanes, emit.index(shape.channels - n));
        Value sum = loadVector(emit, head.type, sums, {j, emit.index(n)});
        storeVector(emit, sum, out, {head.batch, j, emit.add(channel0, n)}, mask);
      }
    });
  }

  void expandBlock(Value whichHead, Value low, Value high) {
    Value count = emit.sub(high, low), last = emit.sub(count, emit.index(head.rows));
    Value blockSeen = head.visible(emit.add(high, -1));
    // Zero from the diagonal to the last tile of keys that the block meets.
    Value end = emit.roundUp(emit.roundUp(blockSeen, head.tile.rows), head.tile.lanes);
    emit.loop(emit.index(0), count, head.rows, [&](Value r) {
      Value at = emit.min(r, last), i = emit.add(low, at), seen = head.visible(emit.add(i, head.rows - 1));
      head.multiplyAcross(op.getQ(), whichHead, i, keysAcross, weights, at, seen);
      head.multiplyAcross(op.getCotangent(), whichHead, i, valuesAcross, gradients, at, seen);
      emit.loop(at, emit.add(at, head.rows), 1, [&](Value row) { expandRow(whichHead, emit.add(low, row), row, end); });
      writeQueryGradients(whichHead, i, at, seen);
    });
    Value cotangents = head.packAlong(op.getCotangent(), whichHead, low, count, mostRows);
    Value queries = head.packAlong(op.getQ(), whichHead, low, count, mostRows);
    emit.loop(emit.index(0), blockSeen, head.tile.rows, [&](Value j) {
      addOverQueries(weights, cotangents, j, count, valueSums);
      addOverQueries(gradients, queries, j, count, keySums);
    });
  }

  // One row: scores and dp become p (dropped) and ds. With u = p keep dp: ds = scale (u - p sum u).
  void expandRow(Value whichHead, Value i, Value row, Value end) {
    Value seen = head.visible(i), zero = emit.real(head.type, 0);
    Value factor = spread(emit, head.exponentiate(weights, row, seen, end), head.tile.lanes);
    Value total = head.overRow(seen, end, zero, [&](Value j, Value mask, ValueRange carried) {
      Value p = head.multiply(loadVector(emit, head.type, weights, {row, j}), factor);
      Value u = head.multiply(p, loadVector(emit, head.type, gradients, {row, j}));
      if (Value keep = head.keepFactors(head.batch, whichHead, i, j))
        u = head.multiply(u, keep);
      if (mask)
        u = arith::SelectOp::create(emit.b, emit.loc, mask, u, zero);
      storeVector(emit, p, weights, {row, j});
      storeVector(emit, u, gradients, {row, j});
      return SmallVector<Value>{head.plus(carried[0], u)};
    })[0];
    Value delta = spread(emit, head.sumLanes(total), head.tile.lanes), scale = emit.real(head.type, shape.scale);
    emit.loop(emit.index(0), end, head.tile.lanes, [&](Value j) {
      Value p = loadVector(emit, head.type, weights, {row, j}), u = loadVector(emit, head.type, gradients, {row, j});
      storeVector(emit, head.multiply(head.minus(u, head.multiply(p, delta)), scale), gradients, {row, j});
      if (Value keep = head.keepFactors(head.batch, whichHead, i, j))
        storeVector(emit, head.multiply(p, keep), weights, {row, j});
    });
  }

  // dq = ds k
  void writeQueryGradients(Value whichHead, Value i, Value at, Value seen) {
    Value channel0 = emit.mul(whichHead, shape.channels);
    auto left = [&](int64_t r, Value j) { return emit.load(gradients, {emit.add(at, r), j}); };
    auto finish = [&](int64_t r, Value n, Value sum, Value mask) {
      storeVector(emit, sum, op.getOuts()[0], {head.batch, emit.add(i, r), emit.add(channel0, n)}, mask);
    };
    head.multiplyAlong(head.rows, left, keysAlong, seen, finish);
  }

  // sums[j + r, :] += sum over the block's queries of rows[query, j + r] panels[query, :]
  void addOverQueries(Value scoreRows, Value panels, Value j, Value count, Value sums) {
    auto left = [&](int64_t r, Value query) { return emit.load(scoreRows, {query, emit.add(j, r)}); };
    auto finish = [&](int64_t r, Value n, Value sum, Value) {
      SmallVector<Value> at = {emit.add(j, r), n};
      storeVector(emit, head.plus(loadVector(emit, head.type, sums, at), sum), sums, at);
    };
    head.multiplyAlong(head.tile.rows, left, panels, count, finish);
  }

  AttentionHead &head;
  AttentionGradOp op;
  Emitter &emit;
  const AttentionShape &shape;
  int64_t blocks, mostRows;
  Value keysAcross, valuesAcross, keysAlong, weights, gradients, keySums, valueSums;
};

} // namespace

void tern::cpu::expandAttentionGrad(Emitter &emit, const Machine &machine, AttentionGradOp op) {
  AttentionShape shape = AttentionShape::of(op);
  // Two score blocks take at most half of the second-level cache, and a block has 64 rows at most.
  int64_t rowBytes = 2 * shape.keys * shape.element.getIntOrFloatBitWidth() / 8;
  int64_t most = std::clamp<int64_t>(machine.l2Bytes / 2 / rowBytes, 16, 64);
  int64_t blocks = llvm::divideCeil(shape.queries, most), mostRows = llvm::divideCeil(shape.queries, blocks);
  int64_t rows = queryTileRows(machine, shape.element, shape.queries / blocks);
  emit.forall({shape.batch, shape.kvHeads}, [&](ValueRange at) {
    Value key = shape.dropout != 0 ? emit.load(op.getKey(), {}) : Value();
    AttentionHead head(emit, machine, shape, key, rows);
    AttentionGradTask(head, op, blocks, mostRows).expand(at[0], at[1]);
  });
}
