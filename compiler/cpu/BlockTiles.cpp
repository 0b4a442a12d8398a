// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of many rows with interleaved blocks, on register tiles. A panel of B (one or two groups of 16 rows) meets all rows
// of A, a few blocks of k at a time, so that what tiles share stays in the first-level cache; sums wait in scratch.

#include "compiler/cpu/BlockTiles.h"

#include "compiler/cpu/BlockProduct.h"
#include "compiler/cpu/StreamPlan.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

class BlockTiles : BlockProduct {
public:
  BlockTiles(Emitter &emit, ContractOp op, const Machine &machine)
      : BlockProduct(emit, op, machine), plan(planBlockTiles({m, n, op.getK()}, machine, blockBytes(format))) {}

  void expand() {
    a = roundRows(emit, op, machine);
    emit.forall({plan.tasks}, [&](ValueRange task) {
      loadFlag();
      partial = allocate(emit, {plan.tilesAtOnce * plan.rows, plan.groups * interleavedRows}, emit.b.getF32Type());
      Value low = emit.mul(task[0], plan.taskPanels * plan.groups);
      Value high = emit.min(emit.add(low, plan.taskPanels * plan.groups), emit.index(groups));
      emit.loop(low, high, plan.groups, [&](Value group) { multiplyPanel(group); });
    });
  }

private:
  // The last panel may be narrower.
  void multiplyPanel(Value group) {
    int64_t rest = groups % plan.groups;
    if (rest == 0)
      return multiplyColumns(group, plan.groups);
    emit.when(emit.less(emit.add(group, plan.groups - 1), emit.index(groups)), [&] { multiplyColumns(group, plan.groups); },
              [&] { multiplyColumns(group, rest); });
  }

  void multiplyColumns(Value group, int64_t count) {
    int64_t tiles = m / plan.rows, rest = m % plan.rows;
    emit.loop(emit.index(0), emit.index(tiles), plan.tilesAtOnce, [&](Value tile) {
      Value some = emit.min(emit.index(plan.tilesAtOnce), emit.sub(emit.index(tiles), tile));
      multiplyTiles(group, count, emit.mul(tile, plan.rows), some, plan.rows);
    });
    if (rest)
      multiplyTiles(group, count, emit.index(tiles * plan.rows), emit.index(1), rest);
  }

  // `tiles` tiles of `rows` rows from row `row0` on.
  void multiplyTiles(Value group, int64_t count, Value row0, Value tiles, int64_t rows) {
    int64_t width = count * vectors();
    Value zero = emit.real(floats, 0), height = emit.mul(tiles, rows);
    forSums(height, width, [&](Value row, int64_t j) { storeVector(emit, zero, partial, sumAt(row, j)); });
    emit.loop(emit.index(0), emit.index(blocks), plan.blocksAtOnce, [&](Value b0) {
      emit.loop(emit.index(0), tiles, 1, [&](Value tile) { addBlocks(group, width, b0, row0, tile, rows); });
    });
    forSums(height, width, [&](Value row, int64_t j) {
      Value column = emit.add(emit.mul(group, interleavedRows), j * lanes);
      finish(loadVector(emit, floats, partial, sumAt(row, j)), emit.add(row0, row), column);
    });
  }

  SmallVector<Value> sumAt(Value row, int64_t j) { return {row, emit.index(j * lanes)}; }

  void forSums(Value height, int64_t width, function_ref<void(Value, int64_t)> body) {
    emit.loop(emit.index(0), height, 1, [&](Value row) {
      for (int64_t j = 0; j < width; ++j)
        body(row, j);
    });
  }

  // Some blocks of one tile.
  void addBlocks(Value group, int64_t width, Value b0, Value row0, Value tile, int64_t rows) {
    Value first = emit.mul(tile, rows), row = emit.add(row0, first);
    SmallVector<Value> sums;
    for (int64_t i = 0; i < rows * width; ++i)
      sums.push_back(loadVector(emit, floats, partial, sumAt(emit.add(first, i / width), i % width)));
    Value end = emit.min(emit.add(b0, plan.blocksAtOnce), emit.index(blocks));
    sums = emit.loop(b0, end, 1, sums, [&](Value b, ValueRange carried) {
      prefetchNext(group, width / vectors(), b0, emit.add(emit.mul(tile, plan.blocksAtOnce), emit.sub(b, b0)));
      return multiplyBlock(group, b, row, rows, width, carried);
    });
    for (int64_t i = 0; i < rows * width; ++i)
      storeVector(emit, sums[i], partial, sumAt(emit.add(first, i / width), i % width));
  }

  // Every step asks for a few lines of the blocks that come next, in this panel or in the one behind it.
  void prefetchNext(Value group, int64_t count, Value b0, Value step) {
    Value next = emit.add(b0, plan.blocksAtOnce), isLast = emit.less(emit.index(blocks - 1), next);
    Value behind = arith::SelectOp::create(emit.b, emit.loc, isLast, emit.add(group, count), group);
    next = arith::SelectOp::create(emit.b, emit.loc, isLast, emit.index(0), next);
    for (int64_t g = 0; g < count; ++g)
      for (int64_t line = 0; line < plan.linesAhead; ++line)
        prefetch(emit.add(behind, g), next, emit.add(emit.mul(step, 64 * plan.linesAhead), 64 * line));
  }

  BlockTilePlan plan;
  Value partial; // sums of some tiles by the columns of a panel
};

} // namespace

void tern::cpu::expandBlockTiles(Emitter &emit, ContractOp op, const Machine &machine) {
  BlockTiles(emit, op, machine).expand();
}
