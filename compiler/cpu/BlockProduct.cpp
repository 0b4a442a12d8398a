// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block of A by a block of B: a word of four bytes of each of 16 rows of B, by the same word of a row of A, adds up in a lane
// per row, so that nothing is added across lanes. Sums of a block are exact; blocks are added in their order.

#include "compiler/cpu/BlockProduct.h"

#include "compiler/cpu/BlockStream.h"
#include "compiler/cpu/Epilogue.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

Value BlockProduct::loadBytes(Value group, Value b, int64_t at, int64_t count) {
  return loadVector(emit, VectorType::get({count}, emit.b.getI8Type()), op.getB(), {group, b, emit.index(at)});
}

Value BlockProduct::loadScales(Value group, Value b, int64_t v) {
  auto halves = VectorType::get({lanes}, emit.b.getF16Type());
  Value scales = vector::BitCastOp::create(emit.b, emit.loc, halves, loadBytes(group, b, v * 2 * lanes, 2 * lanes));
  return convertFloat(emit, scales, floats.getElementType());
}

// The words of B at one place of the block, and which word of a block of A each meets.
SmallVector<std::pair<Value, int64_t>> BlockProduct::wordsAt(Value group, Value b, int64_t v, int64_t place) {
  int64_t at = 2 * interleavedRows + place * 4 * interleavedRows + v * 4 * lanes;
  Value stored = vector::BitCastOp::create(emit.b, emit.loc, words, loadBytes(group, b, at, 4 * lanes));
  if (format == BlockFormat::q8_0)
    return {{stored, place}};
  Value lowHalves = emit.integer(words, 0x0f0f0f0f);
  Value shifted = arith::ShRUIOp::create(emit.b, emit.loc, stored, emit.integer(words, 4));
  return {{arith::AndIOp::create(emit.b, emit.loc, stored, lowHalves), place},
          {arith::AndIOp::create(emit.b, emit.loc, shifted, lowHalves), place + blockSize / 8}};
}

SmallVector<Value> BlockProduct::multiplyBlock(Value group, Value b, Value row, int64_t rows, int64_t width, ValueRange carried) {
  SmallVector<Value> sums(carried.begin(), carried.end()), dots;
  auto groupOf = [&](int64_t j) { return emit.add(group, j / vectors()); };
  auto spread = [&](VectorType type, Value table, int64_t r) -> Value {
    return vector::BroadcastOp::create(emit.b, emit.loc, type, emit.load(table, {emit.add(row, r), b}));
  };
  for (int64_t r = 0; r < rows; ++r)
    dots.append(width, spread(words, a.offsets, r));
  for (int64_t place = 0; place < (blockBytes(format) - 2) / 4; ++place) {
    SmallVector<SmallVector<std::pair<Value, int64_t>>> columns;
    for (int64_t j = 0; j < width; ++j)
      columns.push_back(wordsAt(groupOf(j), b, j % vectors(), place));
    for (size_t half = 0; half < columns[0].size(); ++half)
      for (int64_t r = 0; r < rows; ++r) {
        Value word = emit.load(a.quads, {emit.add(row, r), b, emit.index(columns[0][half].second)});
        for (int64_t j = 0; j < width; ++j)
          dots[r * width + j] = dotBytes(emit, machine, dots[r * width + j], columns[j][half].first, word);
      }
  }
  for (int64_t j = 0; j < width; ++j) {
    Value weightScales = loadScales(groupOf(j), b, j % vectors());
    for (int64_t r = 0; r < rows; ++r) {
      Value scale = arith::MulFOp::create(emit.b, emit.loc, weightScales, spread(floats, a.scales, r));
      Value dot = arith::SIToFPOp::create(emit.b, emit.loc, floats, dots[r * width + j]);
      sums[r * width + j] = multiplyAdd(emit, machine, dot, scale, sums[r * width + j]);
    }
  }
  return sums;
}

void BlockProduct::finish(Value sum, Value row, Value column) {
  if (n % interleavedRows == 0)
    return finishSums(emit, op, flag, sum, row, column, nullptr);
  Value isWhole = emit.less(emit.add(column, lanes - 1), emit.index(n));
  emit.when(isWhole, [&] { finishSums(emit, op, flag, sum, row, column, nullptr); }, [&] {
    finishSums(emit, op, flag, sum, row, column, maskOf(emit, lanes, emit.sub(emit.index(n), column)));
  });
}

void BlockProduct::prefetch(Value group, Value b, Value byte) {
  memref::PrefetchOp::create(emit.b, emit.loc, op.getB(), ValueRange{group, b, byte}, /*isWrite=*/false, /*localityHint=*/3,
                             /*isDataCache=*/true);
}
