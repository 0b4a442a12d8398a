// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reference loops of attention and its gradient, one query row at a time. Formulas: dialects/kernel/Kernel.td.

#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/Random.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

// One query row (batch, head, i) of either op: where its operands lie, and its probabilities.
template <typename AttentionLike>
struct QueryRow {
  QueryRow(Emitter &emit, AttentionLike op, Value batch, Value head, Value i)
      : emit(emit), op(op), batch(batch), head(head), i(i), type(memrefType(op.getQ()).getElementType()) {
    Value group = emit.index(op.getHeads() / op.getKvHeads());
    kvHead = emit.div(head, group);
    int64_t offset = op.getKeyLength() - op.getQueryLength();
    visible = op.getCausal() ? emit.add(i, emit.index(offset + 1)) : emit.index(op.getKeyLength());
  }

  Value channel(Value whichHead, Value d) { return emit.add(emit.mul(whichHead, op.getHeadSize()), d); }
  Value query(Value memref, Value d) { return emit.load(memref, {batch, i, channel(head, d)}); }
  Value key(Value memref, Value j, Value d) { return emit.load(memref, {batch, j, channel(kvHead, d)}); }

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
    return emit.reduce(emit.index(0), visible, 1, emit.real(type, 0),
                       [&](Value j, Value sum) { return plus(sum, term(j)); });
  }

  // Fills `row` with softmax(scale q k^T) before dropout.
  void probabilities(Value row) {
    Value lowest = emit.real(type, -std::numeric_limits<double>::infinity());
    Value max = emit.reduce(emit.index(0), visible, 1, lowest, [&](Value j, Value best) -> Value {
      Value score = multiply(dot(op.getQ(), op.getK(), j), emit.real(type, op.getScale().convertToDouble()));
      emit.store(score, row, j);
      return arith::MaximumFOp::create(emit.b, emit.loc, best, score);
    });
    Value sum = sumOverKeys([&](Value j) -> Value {
      Value weight = math::ExpOp::create(emit.b, emit.loc, minus(emit.load(row, j), max));
      emit.store(weight, row, j);
      return weight;
    });
    emit.loop(emit.index(0), visible, 1, [&](Value j) {
      emit.store(arith::DivFOp::create(emit.b, emit.loc, emit.load(row, j), sum), row, j);
    });
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
  Value batch, head, i, kvHead, visible;
  Type type;
};

} // namespace

void tern::cpu::expandNaive(Emitter &emit, AttentionOp op) {
  emit.forall({op.getBatch(), int64_t(op.getHeads()), op.getQueryLength()}, [&](ValueRange at) {
    QueryRow<AttentionOp> row(emit, op, at[0], at[1], at[2]);
    Value p = row.scratch();
    row.probabilities(p);
    emit.loop(op.getHeadSize(), [&](Value d) {
      Value sum = row.sumOverKeys([&](Value j) {
        Value dropped = row.multiply(emit.load(p, j), row.keepFactor(j));
        return row.multiply(dropped, row.key(op.getV(), j, d));
      });
      emit.store(sum, op.getOuts()[0], {at[0], at[2], row.channel(at[1], d)});
    });
  });
}

// Adds the gradients of one query row; dk and dv of its key-value head belong to the caller's iteration.
static void addRowGradients(Emitter &emit, AttentionGradOp op, QueryRow<AttentionGradOp> &row, Value p, Value ds) {
  Value dq = op.getOuts()[0], dk = op.getOuts()[1], dv = op.getOuts()[2];
  row.probabilities(p);
  Value delta = row.sumOverKeys([&](Value j) {
    Value dp = row.multiply(row.dot(op.getCotangent(), op.getV(), j), row.keepFactor(j));
    emit.store(dp, ds, j);
    return row.multiply(emit.load(p, j), dp);
  });
  Value scale = emit.real(row.type, op.getScale().convertToDouble());
  emit.loop(emit.index(0), row.visible, 1, [&](Value j) {
    Value gradient = row.multiply(row.multiply(emit.load(p, j), row.minus(emit.load(ds, j), delta)), scale);
    Value dropped = row.multiply(emit.load(p, j), row.keepFactor(j));
    emit.store(gradient, ds, j);
    emit.loop(op.getHeadSize(), [&](Value d) {
      SmallVector<Value> at = {row.batch, j, row.channel(row.kvHead, d)};
      emit.store(row.plus(emit.load(dk, at), row.multiply(gradient, row.query(op.getQ(), d))), dk, at);
      emit.store(row.plus(emit.load(dv, at), row.multiply(dropped, row.query(op.getCotangent(), d))), dv, at);
    });
  });
  emit.loop(op.getHeadSize(), [&](Value d) {
    Value sum = row.sumOverKeys([&](Value j) { return row.multiply(emit.load(ds, j), row.key(op.getK(), j, d)); });
    emit.store(sum, dq, {row.batch, row.i, row.channel(row.head, d)});
  });
}

void tern::cpu::expandNaive(Emitter &emit, AttentionGradOp op) {
  int64_t group = op.getHeads() / op.getKvHeads();
  emit.forall({op.getBatch(), int64_t(op.getKvHeads())}, [&](ValueRange at) {
    Value first = emit.mul(at[1], group);
    QueryRow<AttentionGradOp> origin(emit, op, at[0], first, emit.index(0));
    Value p = origin.scratch(), ds = origin.scratch();
    Value zero = emit.real(origin.type, 0);
    emit.nest({op.getKeyLength(), op.getHeadSize()}, [&](ValueRange jd) {
      for (Value out : op.getOuts().drop_front())
        emit.store(zero, out, {at[0], jd[0], origin.channel(at[1], jd[1])});
    });
    emit.nest({group, op.getQueryLength()}, [&](ValueRange gi) {
      QueryRow<AttentionGradOp> row(emit, op, at[0], emit.add(first, gi[0]), gi[1]);
      addRowGradients(emit, op, row, p, ds);
    });
  });
}
