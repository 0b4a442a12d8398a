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

int64_t tern::cpu::tileRows(const Machine &machine, const AttentionShape &shape, int64_t rows) {
  int64_t tiles = llvm::divideCeil(rows, registerTile(machine, shape.sum).rows);
  return llvm::divideCeil(rows, tiles);
}

// An i32 of a batch row, or of all.
static Value positionOf(Emitter &emit, Value memref, Value batch) {
  Value word = memrefType(memref).getRank() == 0 ? emit.load(memref, {}) : emit.load(memref, batch);
  return arith::IndexCastOp::create(emit.b, emit.loc, emit.b.getIndexType(), word);
}

AttentionHead::AttentionHead(Emitter &emit, const Machine &machine, const AttentionShape &shape, Value batch)
    : emit(emit), machine(machine), shape(shape), tile(registerTile(machine, shape.sum)),
      type(vectorType(machine, shape.sum)), batch(batch), packed(packedType(machine, shape.compute)), pair(groupOf(packed)) {
  const kernel::AttentionMask &mask = shape.mask;
  if (mask.keyLengths) {
    Value length = emit.max(positionOf(emit, mask.keyLengths, batch), emit.index(0));
    limit = emit.min(length, emit.index(shape.keys));
  }
  if (mask.causal)
    position = mask.position ? positionOf(emit, mask.position, batch) : emit.index(shape.keys - shape.queries);
}

//===-- mask ------------------------------------------------------------------------------------------------------===//

Value AttentionHead::visible(Value i) {
  Value all = limit ? limit : emit.index(shape.keys);
  if (!position)
    return all;
  Value query = emit.min(i, emit.index(shape.queries - 1));
  Value seen = emit.min(all, emit.add(emit.add(query, position), 1));
  return shape.mask.position ? emit.max(seen, emit.index(0)) : seen;
}

Value AttentionHead::firstKey(Value i) {
  if (!shape.mask.window)
    return emit.index(0);
  return emit.max(emit.sub(emit.add(emit.add(i, position), 1), emit.index(shape.mask.window)), emit.index(0));
}

Value AttentionHead::firstQuery(Value j) {
  return position ? emit.max(emit.sub(j, position), emit.index(0)) : emit.index(0);
}

Value AttentionHead::lastQuery(Value j) {
  Value all = emit.index(shape.queries);
  if (!shape.mask.window)
    return all;
  return emit.max(emit.min(emit.sub(emit.add(j, shape.mask.window), position), all), emit.index(0));
}

AttentionHead::Seen AttentionHead::seenBy(Value i, Value key0, Value end) {
  if (!shape.mask.causal)
    return {nullptr, end};
  Value zero = emit.index(0), high = emit.max(emit.min(emit.sub(visible(i), key0), end), zero);
  return {shape.mask.window ? emit.max(emit.sub(firstKey(i), key0), zero) : Value(), high};
}

Value AttentionHead::maskOfSeen(Seen seen, Value j) {
  Value mask = maskOf(emit, tile.lanes, emit.sub(seen.high, j));
  if (!seen.low)
    return mask;
  Value hidden = maskOf(emit, tile.lanes, emit.sub(seen.low, j));
  Value ones = emit.integer(hidden.getType(), 1);
  return arith::AndIOp::create(emit.b, emit.loc, mask, arith::XOrIOp::create(emit.b, emit.loc, hidden, ones));
}

//===-- bias ------------------------------------------------------------------------------------------------------===//

Value AttentionHead::biasOfKeyZero(Value i) {
  Value last = emit.index(shape.places() - 1), place = position ? emit.add(i, position) : i;
  if (shape.mask.position)
    place = emit.max(place, emit.index(0));
  return emit.sub(last, emit.min(place, last));
}

Value AttentionHead::loadBias(Value whichHead, Value at) {
  Value mask = maskOf(emit, tile.lanes, emit.sub(emit.index(shape.distances()), at));
  return loadVector(emit, type, shape.mask.bias, {whichHead, at}, mask);
}

Value AttentionHead::keepFactors(Value whichHead, Value i, Value j) {
  double rate = shape.mask.dropout;
  if (rate == 0)
    return nullptr;
  Value counter = emit.add(emit.mul(batch, shape.heads), whichHead);
  counter = emit.add(emit.mul(emit.add(emit.mul(counter, shape.queries), i), shape.keys), j);
  auto words = VectorType::get({tile.lanes}, emit.b.getI64Type());
  SmallVector<APInt> steps;
  for (int64_t lane = 0; lane < tile.lanes; ++lane)
    steps.emplace_back(64, lane);
  Value step = arith::ConstantOp::create(emit.b, emit.loc, DenseElementsAttr::get(words, steps));
  Value first = arith::IndexCastOp::create(emit.b, emit.loc, emit.b.getI64Type(), counter);
  Value lanes = emit.add(spread(emit, first, tile.lanes), step);
  Value keep = keeps(emit, spread(emit, emit.load(shape.mask.key, {}), tile.lanes), lanes, rate);
  return where(keep, real(1 / (1 - rate)), real(0));
}

//===-- blocks in scratch -----------------------------------------------------------------------------------------===//

Value AttentionHead::loadChannels(Value memref, Value position, Value channel, Value mask) {
  auto stored = VectorType::get({tile.lanes}, memrefType(memref).getElementType());
  return convertFloat(emit, loadVector(emit, stored, memref, {batch, position, channel}, mask), shape.sum);
}

void AttentionHead::storeChannels(Value vector, Value memref, Value position, Value channel, Value mask) {
  Value stored = convertFloat(emit, vector, memrefType(memref).getElementType());
  storeVector(emit, stored, memref, {batch, position, channel}, mask);
}

void AttentionHead::overChannels(function_ref<void(Value, Value)> body) {
  for (int64_t n = 0; n < shape.channels; n += tile.lanes) {
    bool whole = n + tile.lanes <= shape.channels;
    body(emit.index(n), whole ? nullptr : maskOf(emit, tile.lanes, emit.index(shape.channels - n)));
  }
}

void AttentionHead::fill(Value memref, double value) {
  SmallVector<int64_t> sizes(memrefType(memref).getShape());
  sizes.back() /= tile.lanes;
  emit.nest(sizes, [&](ValueRange at) {
    SmallVector<Value> indices(at);
    indices.back() = emit.mul(indices.back(), tile.lanes);
    store(real(value), memref, indices);
  });
}

void AttentionHead::copyRows(Value memref, Value whichHead, Value first, Value count, int64_t most, Value to, Value at) {
  Value channel0 = firstChannel(whichHead);
  int64_t stored = llvm::alignTo(shape.channels, tile.lanes);
  Type element = memrefType(to).getElementType();
  auto clear = [&](Value row, int64_t from) {
    for (int64_t n = from; n < rowColumns(); n += tile.lanes)
      store(convertFloat(emit, real(0), element), to, {row, emit.index(n)});
  };
  emit.loop(emit.index(0), count, 1, [&](Value r) {
    Value row = emit.add(at, r);
    overChannels([&](Value n, Value mask) {
      Value vector = loadChannels(memref, emit.add(first, r), emit.add(channel0, n), mask);
      store(convertFloat(emit, vector, element), to, {row, n});
    });
    clear(row, stored);
  });
  emit.loop(count, emit.index(most), 1, [&](Value r) { clear(emit.add(at, r), 0); });
}

Value AttentionHead::allocateAlong(int64_t rows) {
  int64_t units = llvm::divideCeil(rows, pair);
  return allocate(emit, {units, rowColumns() * pair}, packed);
}

void AttentionHead::packAlong(Value memref, Value whichHead, Value first, Value count, int64_t most, Value to) {
  if (pair == 1)
    return copyRows(memref, whichHead, first, count, most, to, emit.index(0));
  Value units = emit.div(emit.add(count, 1), emit.index(2)), channel0 = firstChannel(whichHead);
  auto clear = [&](Value unit, int64_t from) {
    Value zeros = emit.real(VectorType::get({2 * tile.lanes}, packed), 0);
    for (int64_t n = from; n < rowColumns(); n += tile.lanes)
      store(zeros, to, {unit, emit.index(2 * n)});
  };
  emit.loop(emit.index(0), units, 1, [&](Value unit) {
    Value row = emit.mul(unit, 2), second = emit.min(emit.sub(emit.sub(count, row), emit.index(1)), emit.index(1));
    overChannels([&](Value n, Value mask) {
      auto narrow = [&](Value r, Value exist) {
        return convertFloat(emit, loadChannels(memref, emit.add(first, r), emit.add(channel0, n), exist), packed);
      };
      int64_t exist = std::min(tile.lanes, shape.channels - *getConstantIntValue(n));
      // The last row may have no partner.
      Value partner = narrow(emit.add(row, 1), maskOf(emit, tile.lanes, emit.mul(second, exist)));
      store(vector::InterleaveOp::create(emit.b, emit.loc, narrow(row, mask), partner), to, {unit, emit.mul(n, 2)});
    });
    clear(unit, llvm::alignTo(shape.channels, tile.lanes));
  });
  emit.loop(units, emit.index(llvm::divideCeil(most, 2)), 1, [&](Value unit) { clear(unit, 0); });
}

Value AttentionHead::allocateAcross(int64_t rows) {
  int64_t panels = llvm::divideCeil(rows, tile.columns());
  int64_t depth = llvm::alignTo(llvm::divideCeil(shape.channels, pair), tile.lanes);
  return allocate(emit, {panels, depth, tile.columns() * pair}, packed);
}

// A vector of units, as elements of 32 bits where they are pairs.
Value AttentionHead::loadUnits(Value memref, Value position, Value channel, Value mask) {
  if (pair == 1)
    return loadChannels(memref, position, channel, mask);
  auto pairs = VectorType::get({tile.lanes * pair}, packed), words = VectorType::get({tile.lanes}, emit.b.getI32Type());
  Value elements = loadVector(emit, pairs, memref, {batch, position, channel}, mask);
  return vector::BitCastOp::create(emit.b, emit.loc, words, elements);
}

// Transposes `lanes` units of channels from channel `d` on of the rows of one panel.
void AttentionHead::transposeRows(Value memref, Value whichHead, Value first, Value last, Value d, Value mask, Value panel,
                                  Value n0) {
  Value channel = emit.add(firstChannel(whichHead), d), unit = emit.div(d, emit.index(pair));
  auto stored = VectorType::get({tile.lanes * pair}, packed);
  for (int64_t j = 0; j < tile.vectors; ++j) {
    SmallVector<Value> rows;
    for (int64_t i = 0; i < tile.lanes; ++i)
      rows.push_back(loadUnits(memref, emit.add(first, emit.min(emit.add(n0, j * tile.lanes + i), last)), channel, mask));
    for (auto [i, row] : llvm::enumerate(transposeVectors(emit, rows))) {
      Value units = pair == 1 ? row : vector::BitCastOp::create(emit.b, emit.loc, stored, row).getResult();
      store(units, panel, {emit.add(unit, int64_t(i)), emit.index(j * tile.lanes * pair)});
    }
  }
}

void AttentionHead::packAcross(Value memref, Value whichHead, Value first, Value count, Value panels) {
  Value last = emit.add(count, -1);
  int64_t step = tile.lanes * pair, whole = shape.channels / step * step;
  emit.loop(emit.index(0), count, tile.columns(), [&](Value n0) {
    Value panel = partAt(emit, panels, emit.div(n0, emit.index(tile.columns())));
    emit.loop(emit.index(0), emit.index(whole), step,
              [&](Value d) { transposeRows(memref, whichHead, first, last, d, nullptr, panel, n0); });
    if (whole == shape.channels)
      return;
    Value mask = maskOf(emit, step, emit.index(shape.channels - whole));
    transposeRows(memref, whichHead, first, last, emit.index(whole), mask, panel, n0);
  });
}

//===-- products --------------------------------------------------------------------------------------------------===//

Value AttentionHead::loadUnit(Value memref, Value row, Value column) {
  if (pair == 1)
    return emit.load(memref, {row, column});
  return loadVector(emit, VectorType::get({pair}, packed), memref, {row, column});
}

void AttentionHead::multiplyAcross(int64_t count, Value rows, Value from, Value panels, Value scores, Value at, Value end) {
  auto units = VectorType::get({tile.lanes * pair}, packed);
  emit.loop(emit.index(0), end, tile.columns(), [&](Value j) {
    Value panel = partAt(emit, panels, emit.div(j, emit.index(tile.columns())));
    auto left = [&](int64_t r, Value d) { return unitOfRow(rows, emit.add(from, r), d); };
    auto right = [&](Value d, int64_t v) { return loadVector(emit, units, panel, {d, emit.index(v * tile.lanes * pair)}); };
    SmallVector<Value> zeros(count * tile.vectors, real(0));
    TileProduct product{count, tile.vectors, emit.index(llvm::divideCeil(shape.channels, pair)), left, right};
    for (auto [n, sum] : llvm::enumerate(emitTileProduct(emit, machine, product, zeros)))
      store(sum, scores, {emit.add(at, int64_t(n) / tile.vectors), emit.add(j, int64_t(n) % tile.vectors * tile.lanes)});
  });
}

void AttentionHead::multiplyAlong(int64_t count, Value low, Value high, function_ref<Value(int64_t, Value)> left,
                                  Value along, function_ref<Value(int64_t, Value)> initial,
                                  function_ref<void(int64_t, Value, Value)> finish) {
  auto units = VectorType::get({tile.lanes * pair}, packed);
  Value first = emit.div(low, emit.index(pair)), end = emit.div(emit.add(high, pair - 1), emit.index(pair));
  Value depth = emit.sub(end, first);
  emit.loop(emit.index(0), emit.index(rowColumns()), tile.columns(), [&](Value n0) {
    auto column = [&](int64_t v) { return emit.add(n0, v * tile.lanes); };
    auto leftAt = [&](int64_t r, Value k) { return left(r, emit.add(first, k)); };
    auto right = [&](Value k, int64_t v) {
      return loadVector(emit, units, along, {emit.add(first, k), emit.mul(column(v), pair)});
    };
    SmallVector<Value> sums;
    for (int64_t i = 0; i < count * tile.vectors; ++i)
      sums.push_back(initial(i / tile.vectors, column(i % tile.vectors)));
    TileProduct product{count, tile.vectors, depth, leftAt, right};
    for (auto [i, sum] : llvm::enumerate(emitTileProduct(emit, machine, product, sums)))
      finish(int64_t(i) / tile.vectors, column(int64_t(i) % tile.vectors), sum);
  });
}

//===-- rows ------------------------------------------------------------------------------------------------------===//

SmallVector<Value> AttentionHead::overRow(Seen seen, Value end, ValueRange initial,
                                          function_ref<SmallVector<Value>(Value, Value, ValueRange)> body) {
  auto masked = [&](Value j, ValueRange carried) { return body(j, maskOfSeen(seen, j), carried); };
  auto plain = [&](Value j, ValueRange carried) { return body(j, nullptr, carried); };
  Value lanes = emit.index(tile.lanes), whole = emit.mul(emit.div(seen.high, lanes), tile.lanes), from = emit.index(0);
  SmallVector<Value> values(initial);
  if (seen.low) {
    from = emit.min(emit.roundUp(seen.low, tile.lanes), emit.roundUp(end, tile.lanes));
    values = emit.loop(emit.index(0), from, tile.lanes, values, masked);
  }
  values = emit.loop(from, whole, tile.lanes, values, plain);
  return emit.loop(seen.low ? emit.max(whole, from) : whole, end, tile.lanes, values, masked);
}

// The second one where they do not compare: NaN among scores is left to the exponential.
Value AttentionHead::larger(Value left, Value right) {
  Value greater = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OGT, left, right);
  return where(greater, left, right);
}

Value AttentionHead::where(Value mask, Value left, Value right) {
  return arith::SelectOp::create(emit.b, emit.loc, mask, left, right);
}

Value AttentionHead::sumLanes(Value vector) {
  return foldLanes(emit, vector, [&](Value low, Value high) { return plus(low, high); });
}

Value AttentionHead::scalarOf(Value memref, ValueRange at) { return spread(emit, emit.load(memref, at), tile.lanes); }
