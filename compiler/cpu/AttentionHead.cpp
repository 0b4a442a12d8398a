// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of an attention task.

#include "compiler/cpu/AttentionHead.h"

#include "compiler/cpu/Random.h"
#include "compiler/cpu/VectorBody.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;

int64_t tern::cpu::queryTileRows(const Machine &machine, Type element, int64_t queries) {
  int64_t most = std::min(registerTile(machine, element).rows, queries);
  // Tiles of equal height waste nothing; a little less height costs little.
  for (int64_t rows = most; rows >= 8; --rows)
    if (queries % rows == 0)
      return rows;
  return most;
}

AttentionHead::AttentionHead(Emitter &emit, const Machine &machine, const AttentionShape &shape, Value key, int64_t rows)
    : emit(emit), machine(machine), shape(shape), key(key), rows(rows), tile(registerTile(machine, shape.element)),
      type(vectorType(machine, shape.element)) {}

int64_t AttentionHead::scoreColumns() const {
  return llvm::alignTo(std::max<int64_t>(llvm::alignTo(shape.keys, tile.columns()), llvm::alignTo(shape.keys, tile.rows)),
                       tile.lanes);
}

Value AttentionHead::visible(Value i) {
  return shape.causal ? emit.add(i, shape.keys - shape.queries + 1) : emit.index(shape.keys);
}

MatrixSource AttentionHead::headOf(Value memref, bool transposed, Value row, Value whichHead) {
  return {memref, transposed, row, emit.mul(whichHead, shape.channels), {batch}};
}

Value AttentionHead::packAcross(Value memref, Value whichHead, Value count) {
  int64_t depth = llvm::alignTo(shape.channels, tile.lanes);
  Value panels = allocate(emit, {keyPanels(), depth, tile.columns()}, shape.element);
  MatrixSource source = headOf(memref, /*transposed=*/true, emit.index(0), whichHead);
  emit.loop(emit.index(0), emit.div(emit.add(count, tile.columns() - 1), emit.index(tile.columns())), 1, [&](Value panel) {
    packPanel(emit, source, partAt(emit, panels, panel), emit.index(shape.channels), emit.mul(panel, tile.columns()),
              count, tile);
  });
  return panels;
}

Value AttentionHead::packAlong(Value memref, Value whichHead, Value first, Value count, int64_t most) {
  Value panels = allocate(emit, {channelPanels(), most, tile.columns()}, shape.element);
  MatrixSource source = headOf(memref, /*transposed=*/false, first, whichHead);
  emit.loop(channelPanels(), [&](Value panel) {
    packPanel(emit, source, partAt(emit, panels, panel), count, emit.mul(panel, tile.columns()),
              emit.index(shape.channels), tile);
  });
  return panels;
}

void AttentionHead::multiplyAcross(Value a, Value whichHead, Value i, Value panels, Value scores, Value at, Value end) {
  Value channel0 = emit.mul(whichHead, shape.channels);
  emit.loop(emit.index(0), end, tile.columns(), [&](Value j) {
    Value panel = partAt(emit, panels, emit.div(j, emit.index(tile.columns())));
    auto left = [&](int64_t r, Value d) { return emit.load(a, {batch, emit.add(i, r), emit.add(channel0, d)}); };
    auto right = [&](Value d, int64_t v) { return loadVector(emit, type, panel, {d, emit.index(v * tile.lanes)}); };
    SmallVector<Value> zeros(rows * tile.vectors, emit.real(type, 0));
    TileProduct product{rows, tile.vectors, emit.index(shape.channels), left, right};
    for (auto [n, sum] : llvm::enumerate(emitTileProduct(emit, machine, product, zeros)))
      storeVector(emit, sum, scores, {emit.add(at, int64_t(n) / tile.vectors),
                                      emit.add(j, int64_t(n) % tile.vectors * tile.lanes)});
  });
}

void AttentionHead::multiplyAlong(int64_t leftRows, function_ref<Value(int64_t, Value)> left, Value panels, Value depth,
                                  function_ref<void(int64_t, Value, Value, Value)> finish) {
  emit.loop(channelPanels(), [&](Value p) {
    Value panel = partAt(emit, panels, p), n0 = emit.mul(p, tile.columns());
    auto right = [&](Value j, int64_t v) { return loadVector(emit, type, panel, {j, emit.index(v * tile.lanes)}); };
    SmallVector<Value> zeros(leftRows * tile.vectors, emit.real(type, 0));
    TileProduct product{leftRows, tile.vectors, depth, left, right};
    SmallVector<Value> sums = emitTileProduct(emit, machine, product, zeros);
    bool whole = shape.channels % tile.columns() == 0;
    for (auto [index, sum] : llvm::enumerate(sums)) {
      Value n = emit.add(n0, int64_t(index) % tile.vectors * tile.lanes);
      Value mask = whole ? nullptr : maskOf(emit, tile.lanes, emit.sub(emit.index(shape.channels), n));
      finish(int64_t(index) / tile.vectors, n, sum, mask);
    }
  });
}

SmallVector<Value> AttentionHead::overRow(Value seen, Value end, ValueRange initial,
                                          function_ref<SmallVector<Value>(Value, Value, ValueRange)> body) {
  Value whole = emit.mul(emit.div(seen, emit.index(tile.lanes)), tile.lanes);
  SmallVector<Value> values = emit.loop(emit.index(0), whole, tile.lanes, initial,
                                        [&](Value j, ValueRange carried) { return body(j, nullptr, carried); });
  return emit.loop(whole, end, tile.lanes, values, [&](Value j, ValueRange carried) {
    return body(j, maskOf(emit, tile.lanes, emit.sub(seen, j)), carried);
  });
}

Value AttentionHead::sumLanes(Value vector) {
  return foldLanes(emit, vector, [&](Value low, Value high) { return plus(low, high); });
}

Value AttentionHead::exponentiate(Value scores, Value at, Value seen, Value end) {
  auto larger = [&](Value left, Value right) -> Value {
    Value greater = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OGT, left, right);
    return arith::SelectOp::create(emit.b, emit.loc, greater, left, right);
  };
  Value lowest = emit.real(type, -std::numeric_limits<double>::infinity()), zero = emit.real(type, 0);
  Value max = overRow(seen, end, lowest, [&](Value j, Value mask, ValueRange carried) {
    Value score = loadVector(emit, type, scores, {at, j});
    if (mask)
      score = arith::SelectOp::create(emit.b, emit.loc, mask, score, lowest);
    return SmallVector<Value>{larger(score, carried[0])};
  })[0];
  Value top = spread(emit, foldLanes(emit, max, larger), tile.lanes), scale = emit.real(type, shape.scale);
  Value sum = overRow(seen, end, zero, [&](Value j, Value mask, ValueRange carried) {
    Value shifted = multiply(minus(loadVector(emit, type, scores, {at, j}), top), scale);
    Value weight = math::ExpOp::create(emit.b, emit.loc, shifted);
    if (mask)
      weight = arith::SelectOp::create(emit.b, emit.loc, mask, weight, zero);
    storeVector(emit, weight, scores, {at, j});
    return SmallVector<Value>{plus(carried[0], weight)};
  })[0];
  return arith::DivFOp::create(emit.b, emit.loc, emit.real(shape.element, 1), sumLanes(sum));
}

Value AttentionHead::keepFactors(Value whichBatch, Value whichHead, Value i, Value j) {
  if (shape.dropout == 0)
    return nullptr;
  Value counter = emit.add(emit.mul(whichBatch, shape.heads), whichHead);
  counter = emit.add(emit.mul(emit.add(emit.mul(counter, shape.queries), i), shape.keys), j);
  auto words = VectorType::get({tile.lanes}, emit.b.getI64Type());
  SmallVector<APInt> steps;
  for (int64_t lane = 0; lane < tile.lanes; ++lane)
    steps.emplace_back(64, lane);
  Value step = arith::ConstantOp::create(emit.b, emit.loc, DenseElementsAttr::get(words, steps));
  Value first = arith::IndexCastOp::create(emit.b, emit.loc, emit.b.getI64Type(), counter);
  Value lanes = emit.add(spread(emit, first, tile.lanes), step);
  Value keep = keeps(emit, spread(emit, key, tile.lanes), lanes, shape.dropout);
  return arith::SelectOp::create(emit.b, emit.loc, keep, emit.real(type, 1 / (1 - shape.dropout)), emit.real(type, 0));
}
