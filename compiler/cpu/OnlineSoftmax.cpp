// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows in loops, what is one number per row in vectors of rows.

#include "compiler/cpu/OnlineSoftmax.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;

OnlineSoftmax::OnlineSoftmax(AttentionHead &head, int64_t tiles, int64_t rows, int64_t keys, Type weight)
    : head(head), emit(head.emit), rows(rows) {
  int64_t padded = llvm::alignTo(rows, head.tile.lanes);
  Type element = head.shape.sum;
  scores = allocate(emit, {rows, keys}, element);
  weights = weight == element ? scores : allocate(emit, {rows, keys}, weight);
  maxima = allocate(emit, {tiles, padded}, element);
  totals = allocate(emit, {tiles * rows, head.tile.lanes}, element);
  for (Value *one : {&factors, &highest, &shifts})
    *one = allocate(emit, {padded}, element);
  head.fill(totals, 0);
  head.fill(maxima, head.lowest);
  head.fill(highest, 0);
}

// Scores are scaled when they become weights, and so is what is added here.
void OnlineSoftmax::addBias(Value row, Value whichHead, Value i, Value key0, Value end) {
  Value distance0 = emit.add(head.biasOfKeyZero(i), key0), inverse = head.real(1 / head.shape.scale);
  emit.loop(emit.index(0), end, head.tile.lanes, [&](Value j) {
    Value bias = head.loadBias(whichHead, emit.add(distance0, j));
    head.store(head.multiplyPlus(bias, inverse, head.load(scores, {row, j})), scores, {row, j});
  });
}

void OnlineSoftmax::update(Value at, Value key0, Value end, function_ref<AttentionHead::Seen(Value)> seenBy,
                           function_ref<std::pair<Value, Value>(Value)> query) {
  Value total0 = emit.mul(at, rows);
  emit.loop(rows, [&](Value row) { emit.store(highestScore(row, seenBy(row), end), highest, row); });
  rescale(at);
  emit.loop(rows, [&](Value row) { exponentiate(row, emit.add(total0, row), key0, seenBy(row), end, query(row)); });
}

Value OnlineSoftmax::highestScore(Value row, AttentionHead::Seen seen, Value end) {
  Value lowest = head.real(head.lowest);
  Value max = head.overRow(seen, end, lowest, [&](Value j, Value mask, ValueRange carried) {
    Value score = head.load(scores, {row, j});
    if (mask)
      score = head.where(mask, score, lowest);
    return SmallVector<Value>{head.larger(score, carried[0])};
  })[0];
  return foldLanes(emit, max, [&](Value low, Value high) { return head.larger(low, high); });
}

// New maxima of the rows of a tile, and the factors that its sums so far shrink by.
void OnlineSoftmax::rescale(Value at) {
  for (int64_t r = 0; r < rows; r += head.tile.lanes) {
    Value row = emit.index(r), old = head.load(maxima, {at, row});
    Value max = head.larger(head.load(highest, row), old);
    Value difference = head.multiply(head.minus(old, max), head.real(head.shape.scale));
    head.store(math::ExpOp::create(emit.b, emit.loc, difference), factors, row);
    head.store(max, maxima, {at, row});
    head.store(head.multiply(max, head.real(-head.shape.scale)), shifts, row);
  }
}

void OnlineSoftmax::exponentiate(Value row, Value total, Value key0, AttentionHead::Seen seen, Value end,
                                 std::pair<Value, Value> query) {
  Value shift = head.scalarOf(shifts, row), scale = head.real(head.shape.scale), zero = head.real(0);
  Value sum = head.overRow(seen, end, zero, [&](Value j, Value mask, ValueRange carried) {
    Value shifted = head.multiplyPlus(head.load(scores, {row, j}), scale, shift);
    Value weight = math::ExpOp::create(emit.b, emit.loc, shifted);
    if (mask)
      weight = head.where(mask, weight, zero);
    Value keep = head.keepFactors(query.first, query.second, emit.add(key0, j));
    Value kept = keep ? head.multiply(weight, keep) : weight;
    head.store(convertFloat(emit, kept, memrefType(weights).getElementType()), weights, {row, j});
    return SmallVector<Value>{head.plus(carried[0], weight)};
  })[0];
  Value before = head.load(totals, {total, emit.index(0)});
  head.store(head.multiplyPlus(before, head.scalarOf(factors, row), sum), totals, {total, emit.index(0)});
}

void OnlineSoftmax::finish(Value at, function_ref<void(int64_t, Value)> logSumExp) {
  Value total0 = emit.mul(at, rows), zero = head.real(0);
  emit.loop(rows, [&](Value row) {
    emit.store(head.sumLanes(head.load(totals, {emit.add(total0, row), emit.index(0)})), highest, row);
  });
  for (int64_t r = 0; r < rows; r += head.tile.lanes) {
    Value row = emit.index(r), total = head.load(highest, row);
    Value none = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OEQ, total, zero);
    Value inverse = arith::DivFOp::create(emit.b, emit.loc, head.real(1), total);
    head.store(head.where(none, zero, inverse), factors, row);
    if (!logSumExp)
      continue;
    Value logarithm = math::LogOp::create(emit.b, emit.loc, total);
    Value sum = head.multiplyPlus(head.load(maxima, {at, row}), head.real(head.shape.scale), logarithm);
    logSumExp(r, head.where(none, zero, sum));
  }
}
