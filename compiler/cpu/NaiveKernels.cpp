// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reference loops of the product, of rotations and of the row kernels. Formulas: dialects/kernel.

#include "compiler/cpu/NaiveKernels.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

static Value element(Emitter &emit, Value matrix, bool transposed, Value row, Value column) {
  return transposed ? emit.load(matrix, {column, row}) : emit.load(matrix, {row, column});
}

// What the out held, as far as the op keeps it.
static Value previous(Emitter &emit, ContractOp op, Value zero, Value m, Value n) {
  if (op.getInit() == InitKind::Zero)
    return zero;
  Value old = emit.load(op.getOuts()[0], {m, n});
  if (op.getInit() == InitKind::Add)
    return old;
  Value flag = emit.load(op.getFlag(), {});
  return arith::SelectOp::create(emit.b, emit.loc, flag, old, zero);
}

// Element (k, n) of a packed matrix.
static SmallVector<Value> placeInPanels(Emitter &emit, PackedAttr layout, Value k, Value n) {
  Value columns = emit.index(layout.getColumns()), group = emit.index(layout.getGroup());
  Value inRow = emit.add(emit.mul(emit.rem(n, columns), group), emit.rem(k, group));
  return {emit.div(n, columns), emit.div(k, group), inRow};
}

static Value elementOfB(Emitter &emit, ContractOp op, Value k, Value n) {
  if (auto layout = op.getLayoutBAttr())
    return emit.load(op.getB(), placeInPanels(emit, layout, k, n));
  return element(emit, op.getB(), op.getTransposeB(), k, n);
}

void tern::cpu::expandNaive(Emitter &emit, PackOp op) {
  PackedAttr layout = op.getLayout();
  Value out = op.getOuts()[0], k = emit.index(op.getK()), n = emit.index(op.getN());
  Type packed = memrefType(out).getElementType(), stored = memrefType(op.getSource()).getElementType();
  emit.forall({sizeOf(out, 0), sizeOf(out, 1)}, [&](ValueRange at) {
    emit.loop(sizeOf(out, 2), [&](Value place) {
      Value group = emit.index(layout.getGroup());
      Value row = emit.add(emit.mul(at[1], group), emit.rem(place, group));
      Value column = emit.add(emit.mul(at[0], layout.getColumns()), emit.div(place, group));
      emit.store(emit.real(packed, 0), out, {at[0], at[1], place});
      Value inside = arith::AndIOp::create(emit.b, emit.loc, emit.less(row, k), emit.less(column, n));
      emit.when(inside, [&] {
        Value x = element(emit, op.getSource(), layout.getTransposed(), row, column);
        x = convertFloat(emit, convertFloat(emit, x, op.getCompute().value_or(stored)), packed);
        emit.store(x, out, {at[0], at[1], place});
      });
    });
  });
}

static Value sumOfBytes(Emitter &emit, ContractOp op, Value m, Value n) {
  Type type = op.getSumType();
  auto wide = [&](Value byte) -> Value { return arith::ExtSIOp::create(emit.b, emit.loc, type, byte); };
  return emit.reduce(emit.index(0), emit.index(op.getK()), 1, emit.integer(type, 0), [&](Value k, Value sum) -> Value {
    Value a = wide(element(emit, op.getA(), op.getTransposeA(), m, k));
    Value b = wide(element(emit, op.getB(), op.getTransposeB(), k, n));
    Value product = arith::MulIOp::create(emit.b, emit.loc, a, b);
    return arith::AddIOp::create(emit.b, emit.loc, sum, product);
  });
}

static Value sumOf(Emitter &emit, ContractOp op, Value m, Value n) {
  if (op.getSumType().isInteger())
    return sumOfBytes(emit, op, m, n);
  if (op.getBlocks())
    return naiveBlockSum(emit, op, m, n);
  Type type = op.getSumType(), compute = op.getComputeType();
  // Rounded to the type of the products, then exact in the type of the sums.
  auto factor = [&](Value element) { return convertFloat(emit, convertFloat(emit, element, compute), type); };
  return emit.reduce(emit.index(0), emit.index(op.getK()), 1, emit.real(type, 0), [&](Value k, Value sum) -> Value {
    Value a = factor(element(emit, op.getA(), op.getTransposeA(), m, k));
    Value b = factor(elementOfB(emit, op, k, n));
    Value product = arith::MulFOp::create(emit.b, emit.loc, a, b);
    return arith::AddFOp::create(emit.b, emit.loc, sum, product);
  });
}

void tern::cpu::expandNaive(Emitter &emit, ContractOp op) {
  emit.forall({op.getM(), op.getN()}, [&](ValueRange at) {
    Value m = at[0], n = at[1], acc = sumOf(emit, op, m, n);
    if (acc.getType().isInteger())
      acc = arith::AddIOp::create(emit.b, emit.loc, acc, previous(emit, op, emit.integer(acc.getType(), 0), m, n));
    else
      acc = arith::AddFOp::create(emit.b, emit.loc, acc, previous(emit, op, emit.real(acc.getType(), 0), m, n));
    SmallVector<Value> arguments = {acc};
    for (Value extra : op.getExtras())
      arguments.push_back(memrefType(extra).getRank() == 1 ? emit.load(extra, n) : emit.load(extra, {m, n}));
    SmallVector<Value> results = cloneScalarBody(emit, op.getEpilogue().front(), arguments);
    for (auto [result, out] : llvm::zip_equal(results, op.getOuts()))
      emit.store(result, out, {m, n});
  });
}

// Both channels of pair i of a head.
static void turnPair(Emitter &emit, RotationOp op, Value batch, Value token, Value head, Value i) {
  int64_t half = op.getRotaryCount() / 2;
  Value first = emit.add(emit.mul(head, op.getHeadSize()), op.getInterleaved() ? emit.mul(i, 2) : i);
  Value second = emit.add(first, op.getInterleaved() ? 1 : half);
  auto turned = [&](Value column) {
    bool perRow = memrefType(op.getTable()).getRank() == 3;
    return perRow ? emit.load(op.getTable(), {batch, token, column}) : emit.load(op.getTable(), {token, column});
  };
  auto times = [&](Value left, Value right) -> Value { return arith::MulFOp::create(emit.b, emit.loc, left, right); };
  Value cosine = turned(i), sine = turned(emit.add(i, half)), out = op.getOuts()[0];
  if (op.getInverse())
    sine = arith::NegFOp::create(emit.b, emit.loc, sine);
  Value x = emit.load(op.getInput(), {batch, token, first}), y = emit.load(op.getInput(), {batch, token, second});
  Value left = arith::SubFOp::create(emit.b, emit.loc, times(x, cosine), times(y, sine));
  Value right = arith::AddFOp::create(emit.b, emit.loc, times(x, sine), times(y, cosine));
  emit.store(left, out, {batch, token, first});
  emit.store(right, out, {batch, token, second});
}

void tern::cpu::expandNaive(Emitter &emit, RotationOp op) {
  int64_t heads = op.getHeads(), turning = op.getTurning(), size = op.getHeadSize(), count = op.getRotaryCount();
  auto copy = [&](ValueRange token, Value channel) {
    SmallVector<Value> at = {token[0], token[1], channel};
    emit.store(emit.load(op.getInput(), at), op.getOuts()[0], at);
  };
  emit.forall({op.getBatch(), op.getTokens()}, [&](ValueRange token) {
    emit.nest({turning, count / 2}, [&](ValueRange at) { turnPair(emit, op, token[0], token[1], at[0], at[1]); });
    emit.nest({turning, size - count},
              [&](ValueRange at) { copy(token, emit.add(emit.mul(at[0], size), emit.add(at[1], count))); });
    emit.nest({(heads - turning) * size}, [&](ValueRange at) { copy(token, emit.add(at[0], turning * size)); });
  });
}

void tern::cpu::expandNaive(Emitter &emit, GatherOp op) {
  Value out = op.getOuts()[0];
  emit.forall({sizeOf(out, 0), sizeOf(out, 1)}, [&](ValueRange at) {
    Value row = clampedIndex(emit, emit.load(op.getIndices(), at[0]), sizeOf(op.getTable(), 0));
    emit.store(emit.load(op.getTable(), {row, at[1]}), out, at);
  });
}

// A column is one iteration, so that rows are added in their order whatever the number of threads.
void tern::cpu::expandNaive(Emitter &emit, ScatterAddOp op) {
  Value table = op.getOuts()[0];
  emit.forall({sizeOf(table, 1)}, [&](ValueRange column) {
    emit.loop(sizeOf(op.getRows(), 0), [&](Value n) {
      Value row = clampedIndex(emit, emit.load(op.getIndices(), n), sizeOf(table, 0));
      Value old = emit.load(table, {row, column[0]});
      Value sum = arith::AddFOp::create(emit.b, emit.loc, old, emit.load(op.getRows(), {n, column[0]}));
      emit.store(sum, table, {row, column[0]});
    });
  });
}

WrittenRows tern::cpu::writtenRows(Emitter &emit, WriteRowsOp op, Value b) {
  int64_t rows = sizeOf(op.getRows(), 1), places = sizeOf(op.getOuts()[0], 1);
  Value position = clampedIndex(emit, emit.load(op.getPosition(), b), places + 1); // the end: nothing has room
  Value count = arith::IndexCastOp::create(emit.b, emit.loc, emit.b.getIndexType(), emit.load(op.getCount(), b));
  return {position, emit.min(emit.min(count, emit.index(rows)), emit.sub(emit.index(places), position))};
}

void tern::cpu::expandNaive(Emitter &emit, WriteRowsOp op) {
  Value out = op.getOuts()[0];
  emit.forall({sizeOf(out, 0), sizeOf(out, 2)}, [&](ValueRange at) {
    WrittenRows written = writtenRows(emit, op, at[0]);
    emit.loop(emit.index(0), written.count, 1, [&](Value t) {
      emit.store(emit.load(op.getRows(), {at[0], t, at[1]}), out, {at[0], emit.add(written.position, t), at[1]});
    });
  });
}

static Value isIgnored(Emitter &emit, Value target, int64_t ignoreIndex) {
  return emit.equal(target, emit.integer(target.getType(), ignoreIndex));
}

void tern::cpu::expandNaive(Emitter &emit, CrossEntropyOp op) {
  Value logits = op.getLogits();
  Type type = memrefType(logits).getElementType();
  emit.forall({sizeOf(logits, 0)}, [&](ValueRange at) {
    Value n = at[0], low = emit.index(0), high = emit.index(sizeOf(logits, 1));
    Value lowest = emit.real(type, -std::numeric_limits<double>::infinity());
    Value max = emit.reduce(low, high, 1, lowest, [&](Value v, Value best) -> Value {
      return arith::MaximumFOp::create(emit.b, emit.loc, best, emit.load(logits, {n, v}));
    });
    Value sum = emit.reduce(low, high, 1, emit.real(type, 0), [&](Value v, Value partial) -> Value {
      Value shifted = arith::SubFOp::create(emit.b, emit.loc, emit.load(logits, {n, v}), max);
      return arith::AddFOp::create(emit.b, emit.loc, partial, math::ExpOp::create(emit.b, emit.loc, shifted));
    });
    Value logSum = math::LogOp::create(emit.b, emit.loc, sum);
    Value lse = arith::AddFOp::create(emit.b, emit.loc, max, logSum);
    Value target = emit.load(op.getTargets(), n);
    Value hit = emit.load(logits, {n, clampedIndex(emit, target, sizeOf(logits, 1))});
    // Not lse - hit: that loses the digits of a small loss.
    Value distance = arith::SubFOp::create(emit.b, emit.loc, max, hit);
    Value loss = arith::AddFOp::create(emit.b, emit.loc, logSum, distance);
    Value ignored = isIgnored(emit, target, op.getIgnoreIndex());
    emit.store(arith::SelectOp::create(emit.b, emit.loc, ignored, emit.real(type, 0), loss), op.getOuts()[0], n);
    emit.store(lse, op.getOuts()[1], n);
  });
}

void tern::cpu::expandNaive(Emitter &emit, CrossEntropyGradOp op) {
  Value logits = op.logitsOrOut(), out = op.getOuts()[0];
  Type type = memrefType(logits).getElementType();
  emit.forall({sizeOf(logits, 0), sizeOf(logits, 1)}, [&](ValueRange at) {
    Value target = emit.load(op.getTargets(), at[0]), zero = emit.real(type, 0), one = emit.real(type, 1);
    Value shifted = arith::SubFOp::create(emit.b, emit.loc, emit.load(logits, at), emit.load(op.getRowLse(), at[0]));
    Value probability = math::ExpOp::create(emit.b, emit.loc, shifted);
    Value isTarget = emit.equal(at[1], clampedIndex(emit, target, sizeOf(logits, 1)));
    Value onehot = arith::SelectOp::create(emit.b, emit.loc, isTarget, one, zero);
    Value difference = arith::SubFOp::create(emit.b, emit.loc, probability, onehot);
    Value gradient = arith::MulFOp::create(emit.b, emit.loc, difference, emit.load(op.getScale(), {}));
    Value ignored = isIgnored(emit, target, op.getIgnoreIndex());
    Value kept = arith::SelectOp::create(emit.b, emit.loc, ignored, zero, gradient);
    emit.store(convertFloat(emit, kept, memrefType(out).getElementType()), out, at);
  });
}
