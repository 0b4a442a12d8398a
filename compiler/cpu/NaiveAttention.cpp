// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reference loops of attention and its gradient, one query row at a time. Formulas: dialects/kernel/Attention.td.

#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/Random.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

// An i32 count or position of a batch row, as an index.
Value positionOf(Emitter &emit, Value memref, Value batch) {
  Value word = memrefType(memref).getRank() == 0 ? emit.load(memref, {}) : emit.load(memref, batch);
  return arith::IndexCastOp::create(emit.b, emit.loc, emit.b.getIndexType(), word);
}

// One query row (batch, head, i) of either op: where its operands lie, and its probabilities.
template <typename AttentionLike>
struct QueryRow {
  QueryRow(Emitter &emit, AttentionLike op, Value batch, Value head, Value i)
      : emit(emit), op(op), batch(batch), head(head), i(i), type(op.getSumType()) {
    Value group = emit.index(op.getHeads() / op.getKvHeads());
    kvHead = emit.div(head, group);
    place = i;
    first = emit.index(0);
    visible = emit.index(op.getKeyLength());
    if (op.getKeyLengths())
      visible = emit.min(visible, positionOf(emit, op.getKeyLengths(), batch));
    if (op.getCausal()) {
      Value query0 = op.getPosition() ? positionOf(emit, op.getPosition(), batch)
                                      : emit.index(op.getKeyLength() - op.getQueryLength());
      place = emit.add(query0, i);
      visible = emit.min(visible, emit.add(place, 1));
    }
    if (op.getWindow())
      first = emit.max(emit.sub(emit.add(place, 1), emit.index(op.getWindow())), first);
    // A row that sees nothing has an empty range.
    visible = emit.max(visible, first);
  }

  Value channel(Value whichHead, Value d) { return emit.add(emit.mul(whichHead, op.getHeadSize()), d); }
  Value query(Value memref, Value d) { return widened(emit.load(memref, {batch, i, channel(head, d)})); }
  Value key(Value memref, Value j, Value d) { return widened(emit.load(memref, {batch, j, channel(kvHead, d)})); }
  // Elements of bf16 are added up in f32 and rounded once.
  Value widened(Value x) { return x.getType() == type ? x : arith::ExtFOp::create(emit.b, emit.loc, type, x); }
  void store(Value x, Value memref, ValueRange at) {
    Type element = memrefType(memref).getElementType();
    emit.store(element == type ? x : arith::TruncFOp::create(emit.b, emit.loc, element, x), memref, at);
  }

  Value multiply(Value left, Value right) { return arith::MulFOp::create(emit.b, emit.loc, left, right); }
  Value plus(Value left, Value right) { return arith::AddFOp::create(emit.b, emit.loc, left, right); }
  Value minus(Value left, Value right) { return arith::SubFOp::create(emit.b, emit.loc, left, right); }

  // sum over d of row[i, d] matrix[j, d]
  Value dot(Value row, Value matrix, Value j) {
    return emit.reduce(emit.index(0), emit.index(op.getHeadSize()), 1, emit.real(type, 0), [&](Value d, Value sum) {
      return plus(sum, multiply(query(row, d), key(matrix, j, d)));
    });
  }

  Value sumOverKeys(llvm::function_ref<Value(Value)> term) {
    return emit.reduce(first, visible, 1, emit.real(type, 0), [&](Value j, Value sum) { return plus(sum, term(j)); });
  }

  // Where the bias of key j stands.
  SmallVector<Value> distance(Value j) {
    Value last = emit.index(op.getPlaces() - 1), here = emit.max(emit.min(place, last), emit.index(0));
    return {head, emit.add(j, emit.sub(last, here))};
  }

  Value score(Value j) {
    Value scaled = multiply(dot(op.getQ(), op.getK(), j), emit.real(type, op.getScale().convertToDouble()));
    return op.getBias() ? plus(scaled, emit.load(op.getBias(), distance(j))) : scaled;
  }

  // Fills `row` with softmax(scale q k^T) before dropout and returns log sum exp(scale q k^T).
  Value probabilities(Value row) {
    Value lowest = emit.real(type, -std::numeric_limits<double>::infinity());
    Value max = emit.reduce(first, visible, 1, lowest, [&](Value j, Value best) -> Value {
      Value here = score(j);
      emit.store(here, row, j);
      return arith::MaximumFOp::create(emit.b, emit.loc, best, here);
    });
    Value sum = sumOverKeys([&](Value j) -> Value {
      Value weight = math::ExpOp::create(emit.b, emit.loc, minus(emit.load(row, j), max));
      emit.store(weight, row, j);
      return weight;
    });
    emit.loop(first, visible, 1, [&](Value j) {
      emit.store(arith::DivFOp::create(emit.b, emit.loc, emit.load(row, j), sum), row, j);
    });
    Value logarithm = plus(max, math::LogOp::create(emit.b, emit.loc, sum));
    return arith::SelectOp::create(emit.b, emit.loc, emit.equal(visible, first), emit.real(type, 0), logarithm);
  }

  // What dropout multiplies the probability of key j with: 0 or 1 / (1 - rate).
  Value keepFactor(Value j) {
    double rate = op.getDropout().convertToDouble();
    if (rate == 0)
      return emit.real(type, 1);
    Value counter = emit.add(emit.mul(batch, int64_t(op.getHeads())), head);
    counter = emit.add(emit.mul(counter, op.getQueryLength()), i);
    counter = emit.add(emit.mul(counter, op.getKeyLength()), j);
    counter = arith::IndexCastOp::create(emit.b, emit.loc, emit.b.getI64Type(), counter);
    Value keep = keeps(emit, emit.load(op.getKey(), {}), counter, rate);
    return arith::SelectOp::create(emit.b, emit.loc, keep, emit.real(type, 1 / (1 - rate)), emit.real(type, 0));
  }

  Value scratch() { return allocate(emit, {op.getKeyLength()}, type); }

  Emitter &emit;
  AttentionLike op;
  Value batch, head, i, kvHead;
  Value place;          // of the query
  Value first, visible; // the keys that it sees
  Type type;
};

} // namespace

void tern::cpu::expandNaive(Emitter &emit, AttentionOp op) {
  emit.forall({op.getBatch(), int64_t(op.getHeads()), op.getQueryLength()}, [&](ValueRange at) {
    QueryRow<AttentionOp> row(emit, op, at[0], at[1], at[2]);
    Value p = row.scratch();
    Value logSumExp = row.probabilities(p);
    if (op.getOuts().size() == 2)
      emit.store(logSumExp, op.getOuts()[1], {at[0], at[1], at[2]});
    emit.loop(op.getHeadSize(), [&](Value d) {
      Value sum = row.sumOverKeys([&](Value j) {
        Value dropped = row.multiply(emit.load(p, j), row.keepFactor(j));
        return row.multiply(dropped, row.key(op.getV(), j, d));
      });
      row.store(sum, op.getOuts()[0], {at[0], at[2], row.channel(at[1], d)});
    });
  });
}

namespace {

// The sums of one key-value head: dk and dv of all keys, in scratch.
struct KeySums {
  Value keys, values; // (S, D)
};

} // namespace

// rowsum(do o)
static Value deltaOf(Emitter &emit, AttentionGradOp op, QueryRow<AttentionGradOp> &row) {
  return emit.reduce(emit.index(0), emit.index(op.getHeadSize()), 1, emit.real(row.type, 0), [&](Value d, Value sum) {
    return row.plus(sum, row.multiply(row.query(op.getCotangent(), d), row.query(op.getOutput(), d)));
  });
}

// Adds the gradients of one query row.
static void addRowGradients(Emitter &emit, AttentionGradOp op, QueryRow<AttentionGradOp> &row, Value ds, KeySums sums) {
  Value logSumExp = emit.load(op.getLogSumExp(), {row.batch, row.head, row.i}), delta = deltaOf(emit, op, row);
  Value scale = emit.real(row.type, op.getScale().convertToDouble());
  emit.loop(row.first, row.visible, 1, [&](Value j) {
    Value p = math::ExpOp::create(emit.b, emit.loc, row.minus(row.score(j), logSumExp)), keep = row.keepFactor(j);
    Value dp = row.multiply(row.dot(op.getCotangent(), op.getV(), j), keep), dropped = row.multiply(p, keep);
    Value gradient = row.multiply(row.multiply(p, row.minus(dp, delta)), scale);
    emit.store(gradient, ds, j);
    auto addTo = [&](Value sum, Value d, Value term) { emit.store(row.plus(emit.load(sum, {j, d}), term), sum, {j, d}); };
    emit.loop(op.getHeadSize(), [&](Value d) {
      addTo(sums.keys, d, row.multiply(gradient, row.query(op.getQ(), d)));
      addTo(sums.values, d, row.multiply(dropped, row.query(op.getCotangent(), d)));
    });
  });
  emit.loop(op.getHeadSize(), [&](Value d) {
    Value sum = row.sumOverKeys([&](Value j) { return row.multiply(emit.load(ds, j), row.key(op.getK(), j, d)); });
    row.store(sum, op.getOuts()[0], {row.batch, row.i, row.channel(row.head, d)});
  });
}

// dbias of every head, pair by pair.
static void expandBiasGradient(Emitter &emit, AttentionGradOp op) {
  Value out = op.getOuts()[3];
  emit.forall({int64_t(op.getHeads())}, [&](ValueRange at) {
    emit.loop(sizeOf(out, 1), [&](Value d) { emit.store(emit.real(op.getSumType(), 0), out, {at[0], d}); });
    emit.nest({op.getBatch(), op.getQueryLength()}, [&](ValueRange bi) {
      QueryRow<AttentionGradOp> row(emit, op, bi[0], at[0], bi[1]);
      Value logSumExp = emit.load(op.getLogSumExp(), {row.batch, row.head, row.i}), delta = deltaOf(emit, op, row);
      emit.loop(row.first, row.visible, 1, [&](Value j) {
        Value p = math::ExpOp::create(emit.b, emit.loc, row.minus(row.score(j), logSumExp));
        Value dp = row.multiply(row.dot(op.getCotangent(), op.getV(), j), row.keepFactor(j));
        SmallVector<Value> place = row.distance(j);
        emit.store(row.plus(emit.load(out, place), row.multiply(p, row.minus(dp, delta))), out, place);
      });
    });
  });
}

void tern::cpu::expandNaive(Emitter &emit, AttentionGradOp op) {
  if (op.getOuts().size() == 4)
    expandBiasGradient(emit, op);
  int64_t group = op.getHeads() / op.getKvHeads();
  emit.forall({op.getBatch(), int64_t(op.getKvHeads())}, [&](ValueRange at) {
    Value first = emit.mul(at[1], group);
    QueryRow<AttentionGradOp> origin(emit, op, at[0], first, emit.index(0));
    SmallVector<int64_t> sizes = {op.getKeyLength(), op.getHeadSize()};
    KeySums sums{allocate(emit, sizes, origin.type), allocate(emit, sizes, origin.type)};
    Value ds = origin.scratch(), zero = emit.real(origin.type, 0);
    emit.nest(sizes, [&](ValueRange jd) {
      emit.store(zero, sums.keys, jd);
      emit.store(zero, sums.values, jd);
    });
    emit.nest({group, op.getQueryLength()}, [&](ValueRange gi) {
      QueryRow<AttentionGradOp> row(emit, op, at[0], emit.add(first, gi[0]), gi[1]);
      addRowGradients(emit, op, row, ds, sums);
    });
    emit.nest(sizes, [&](ValueRange jd) {
      SmallVector<Value> to = {at[0], jd[0], origin.channel(at[1], jd[1])};
      origin.store(emit.load(sums.keys, jd), op.getOuts()[1], to);
      origin.store(emit.load(sums.values, jd), op.getOuts()[2], to);
    });
  });
}
