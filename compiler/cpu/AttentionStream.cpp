// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention of a few queries, as in decoding: keys and values are read once, where they lie. A task is one key-value head
// and, where heads are few, a range of its keys; a second loop joins the ranges of a row in their order:
//   m = max m_r   f_r = exp(scale (m_r - m))   o = sum f_r o_r / sum f_r l_r

#include "compiler/cpu/OnlineSoftmax.h"
#include "compiler/cpu/VectorBody.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

// Up to so many rows, reading a key for each is cheaper than transposing it once.
static constexpr int64_t mostRows = 8;
// Tasks that keep many threads busy; ranges not so short that joining them counts.
static constexpr int64_t wantedTasks = 16, leastRange = 256;
// Keys of a block: their scores, and a head's rows of them, stay in the first-level cache until they are used again.
static constexpr int64_t blockKeys = 64;

// Rows lie apart, where the machine does not foresee them: each is asked for so many keys before it is read.
static constexpr int64_t keysAhead = 32;

bool tern::cpu::isStream(AttentionOp op) {
  int64_t rows = op.getQueryLength() * int64_t(op.getHeads() / op.getKvHeads());
  return rows <= mostRows && op.getOuts().size() == 1 && op.getDropout().convertToDouble() == 0;
}

// Lane i is the sum of vector i. Of two vectors, half of the lanes of each are moved beside each other and added, until one
// vector is left.
static Value sumEach(AttentionHead &head, SmallVector<Value> vectors) {
  int64_t lanes = vectors.size();
  for (int64_t distance = 1; distance < lanes; distance *= 2) {
    auto [low, high] = exchangedLanes(lanes, distance);
    SmallVector<Value> sums;
    for (size_t i = 0; i < vectors.size(); i += 2) {
      Value left = vector::ShuffleOp::create(head.emit.b, head.emit.loc, vectors[i], vectors[i + 1], low);
      Value right = vector::ShuffleOp::create(head.emit.b, head.emit.loc, vectors[i], vectors[i + 1], high);
      sums.push_back(head.plus(left, right));
    }
    vectors = sums;
  }
  return vectors[0];
}

namespace {

class StreamTask {
public:
  StreamTask(AttentionHead &head, AttentionOp op)
      : head(head), op(op), emit(head.emit), shape(head.shape), rows(shape.group() * shape.queries),
        softmax(head, /*tiles=*/1, rows, blockKeys, shape.sum), queries(head.allocateSums(rows)),
        sums(head.allocateSums(rows)) {}

  void expand(Value whichKvHead, Value low, Value high) {
    kvHead = whichKvHead;
    head.fill(sums, 0);
    Value zero = emit.index(0), count = emit.index(shape.queries);
    emit.loop(shape.group(), [&](Value member) {
      Value whichHead = emit.add(emit.mul(kvHead, shape.group()), member);
      head.copyRows(op.getQ(), whichHead, zero, count, shape.queries, queries, emit.mul(member, shape.queries));
    });
    emit.loop(low, high, blockKeys, [&](Value key0) {
      expandKeys(key0, emit.min(emit.sub(high, key0), emit.index(blockKeys)));
    });
    softmax.finish(zero);
  }

  AttentionHead &head;
  AttentionOp op;
  Emitter &emit;
  const AttentionShape &shape;
  int64_t rows; // queries of all heads of the group
  OnlineSoftmax softmax;
  Value kvHead, queries, sums; // sums (rows, D)

private:
  void expandKeys(Value key0, Value count) {
    emit.loop(emit.index(0), count, head.tile.lanes, [&](Value j) {
      emit.loop(head.tile.lanes, [&](Value i) { prefetch(op.getK(), emit.add(emit.add(key0, j), i)); });
      emit.loop(rows, [&](Value row) { head.store(scoresOf(row, key0, j, count), softmax.scores, {row, j}); });
    });
    auto queryOf = [&](Value row) { return emit.rem(row, emit.index(shape.queries)); };
    if (shape.mask.bias)
      emit.loop(rows, [&](Value row) {
        Value whichHead = emit.add(emit.mul(kvHead, shape.group()), emit.div(row, emit.index(shape.queries)));
        softmax.addBias(row, whichHead, queryOf(row), key0, count);
      });
    auto seenBy = [&](Value row) { return head.seenBy(queryOf(row), key0, count); };
    softmax.update(emit.index(0), key0, count, seenBy, [](Value row) { return std::pair(Value(), Value()); });
    for (int64_t n0 = 0; n0 < head.rowColumns(); n0 += head.tile.columns())
      addValues(key0, count, n0);
  }

  // Asks for the channels of a row that is read `ahead` keys later.
  void prefetch(Value memref, Value key) {
    Value later = emit.min(emit.add(key, keysAhead), emit.index(shape.keys - 1));
    int64_t line = 64 * 8 / memrefType(memref).getElementTypeBitWidth();
    for (int64_t n = 0; n < shape.channels; n += line) {
      SmallVector<Value> at = {head.batch, later, emit.add(head.firstChannel(kvHead), n)};
      memref::PrefetchOp::create(emit.b, emit.loc, memref, at, /*isWrite=*/false, /*localityHint=*/3, /*isDataCache=*/true);
    }
  }

  // Scores of one row with `lanes` keys: a vector of products per key, then the sum of each.
  Value scoresOf(Value row, Value key0, Value j, Value count) {
    SmallVector<Value> products(head.tile.lanes, head.real(0));
    Value channel0 = head.firstChannel(kvHead), last = emit.add(count, -1);
    head.overChannels([&](Value n, Value mask) {
      Value query = head.load(queries, {row, n});
      for (auto [i, product] : llvm::enumerate(products)) {
        Value key = emit.add(key0, emit.min(emit.add(j, int64_t(i)), last));
        product = head.multiplyPlus(head.loadChannels(op.getK(), key, emit.add(channel0, n), mask), query, product);
      }
    });
    return sumEach(head, products);
  }

  // sums = f sums + weights v, for the channels of one panel.
  void addValues(Value key0, Value count, int64_t n0) {
    int64_t vectors = std::min<int64_t>(head.tile.vectors, llvm::divideCeil(shape.channels - n0, head.tile.lanes));
    auto column = [&](int64_t v) { return n0 + v * head.tile.lanes; };
    auto weight = [&](int64_t r, Value j) { return emit.load(softmax.weights, {emit.index(r), j}); };
    auto value = [&](Value j, int64_t v) {
      if (v == 0 && n0 == 0)
        prefetch(op.getV(), emit.add(key0, j));
      int64_t exist = shape.channels - column(v);
      Value mask = exist >= head.tile.lanes ? Value() : maskOf(emit, head.tile.lanes, emit.index(exist));
      return head.loadChannels(op.getV(), emit.add(key0, j), emit.add(head.firstChannel(kvHead), column(v)), mask);
    };
    SmallVector<Value> before;
    for (int64_t i = 0; i < rows * vectors; ++i) {
      Value sum = head.load(sums, {emit.index(i / vectors), emit.index(column(i % vectors))});
      before.push_back(head.multiply(sum, head.scalarOf(softmax.factors, emit.index(i / vectors))));
    }
    TileProduct product{rows, vectors, count, weight, value};
    for (auto [i, sum] : llvm::enumerate(emitTileProduct(emit, head.machine, product, before)))
      head.store(sum, sums, {emit.index(int64_t(i) / vectors), emit.index(column(int64_t(i) % vectors))});
  }
};

// What the tasks of one op hand to the loop that joins them: per batch row, key-value head, range and row.
struct Ranges {
  int64_t count;
  Value sums;   // (B, KV, ranges, rows, D)
  Value maxima; // (B, KV, ranges, rows)
  Value totals; // the same
};

} // namespace

static void writeRow(AttentionHead &head, AttentionOp op, Value whichHead, Value t,
                     function_ref<Value(Value n)> vectorAt) {
  Value channel0 = head.firstChannel(whichHead);
  head.overChannels([&](Value n, Value mask) {
    head.storeChannels(vectorAt(n), op.getOuts()[0], t, head.emit.add(channel0, n), mask);
  });
}

static void writeWhole(StreamTask &task) {
  Emitter &emit = task.emit;
  emit.nest({task.shape.group(), task.shape.queries}, [&](ValueRange at) {
    Value row = emit.add(emit.mul(at[0], task.shape.queries), at[1]);
    Value factor = task.head.scalarOf(task.softmax.factors, row);
    writeRow(task.head, task.op, emit.add(emit.mul(task.kvHead, task.shape.group()), at[0]), at[1],
             [&](Value n) { return task.head.multiply(task.head.load(task.sums, {row, n}), factor); });
  });
}

static void handOut(StreamTask &task, const Ranges &ranges, Value range) {
  Emitter &emit = task.emit;
  AttentionHead &head = task.head;
  emit.loop(task.rows, [&](Value row) {
    SmallVector<Value> at = {head.batch, task.kvHead, range, row};
    emit.store(emit.load(task.softmax.maxima, {emit.index(0), row}), ranges.maxima, at);
    emit.store(head.sumLanes(head.load(task.softmax.totals, {row, emit.index(0)})), ranges.totals, at);
    Value part = partAt(emit, ranges.sums, {head.batch, task.kvHead, range});
    for (int64_t n = 0; n < head.rowColumns(); n += head.tile.lanes)
      head.store(head.load(task.sums, {row, emit.index(n)}), part, {row, emit.index(n)});
  });
}

static void joinRanges(AttentionHead &head, AttentionOp op, const Ranges &ranges, Value whichHead, Value t) {
  Emitter &emit = head.emit;
  Value group = emit.index(head.shape.group()), kvHead = emit.div(whichHead, group);
  Value row = emit.add(emit.mul(emit.rem(whichHead, group), head.shape.queries), t);
  auto at = [&](int64_t range) { return SmallVector<Value>{head.batch, kvHead, emit.index(range), row}; };
  Value max = head.scalarOf(ranges.maxima, at(0)), total = head.real(0);
  for (int64_t range = 1; range < ranges.count; ++range)
    max = head.larger(head.scalarOf(ranges.maxima, at(range)), max);
  SmallVector<Value> factors;
  for (int64_t range = 0; range < ranges.count; ++range) {
    Value difference = head.minus(head.scalarOf(ranges.maxima, at(range)), max);
    factors.push_back(math::ExpOp::create(emit.b, emit.loc, head.multiply(difference, head.real(head.shape.scale))));
    total = head.multiplyPlus(factors.back(), head.scalarOf(ranges.totals, at(range)), total);
  }
  Value none = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OEQ, total, head.real(0));
  Value inverse = head.where(none, head.real(0), arith::DivFOp::create(emit.b, emit.loc, head.real(1), total));
  writeRow(head, op, whichHead, t, [&](Value n) {
    Value sum = head.real(0);
    for (auto [range, factor] : llvm::enumerate(factors)) {
      Value part = partAt(emit, ranges.sums, {head.batch, kvHead, emit.index(range)});
      sum = head.multiplyPlus(factor, head.load(part, {row, n}), sum);
    }
    return head.multiply(sum, inverse);
  });
}

void tern::cpu::expandAttentionStream(Emitter &emit, const Machine &machine, AttentionOp op) {
  AttentionShape shape = AttentionShape::of(op);
  int64_t heads = shape.batch * shape.kvHeads, rows = shape.group() * shape.queries;
  int64_t most = shape.mask.window ? std::min(shape.keys, shape.mask.window + shape.queries - 1) : shape.keys;
  int64_t count = std::min(llvm::divideCeil(wantedTasks, heads), llvm::divideCeil(most, leastRange));
  if (count == 1) {
    emit.forall({shape.batch, shape.kvHeads}, [&](ValueRange at) {
      AttentionHead head(emit, machine, shape, at[0]);
      StreamTask task(head, op);
      task.expand(at[1], head.firstKey(emit.index(0)), head.visible(emit.index(shape.queries - 1)));
      writeWhole(task);
    });
    return;
  }
  int64_t columns = llvm::alignTo(shape.channels, registerTile(machine, shape.sum).columns());
  SmallVector<int64_t> sizes = {shape.batch, shape.kvHeads, count, rows};
  Ranges ranges{count, allocate(emit, {sizes[0], sizes[1], sizes[2], sizes[3], columns}, shape.sum),
                allocate(emit, sizes, shape.sum), allocate(emit, sizes, shape.sum)};
  emit.forall({shape.batch, shape.kvHeads, count}, [&](ValueRange at) {
    AttentionHead head(emit, machine, shape, at[0]);
    // Ranges follow from how many keys are seen, in whole blocks.
    Value all = head.visible(emit.index(shape.queries - 1)), first = emit.min(head.firstKey(emit.index(0)), all);
    Value length = emit.roundUp(emit.div(emit.add(emit.sub(all, first), count - 1), emit.index(count)), blockKeys);
    Value low = emit.add(first, emit.mul(at[2], length));
    StreamTask task(head, op);
    task.expand(at[1], low, emit.min(emit.add(low, length), all));
    handOut(task, ranges, at[2]);
  });
  emit.forall({shape.batch, shape.heads, shape.queries}, [&](ValueRange at) {
    AttentionHead head(emit, machine, shape, at[0]);
    joinRanges(head, op, ranges, at[1], at[2]);
  });
}
