// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gradient of attention at speed. A task has some blocks of keys of one key-value head and, for each, passes over the
// queries block by block: dk and dv of the keys are summed in scratch, dq of all queries too. Where tasks share a head,
// each sums a part of dq, and a second loop adds the parts in their order.
//
//   p = exp(scale q k^T - lse)   dp = do v^T   ds = p (dp - rowsum(do o))   dv += p^T do   dk += ds^T q   dq += ds k

#include "compiler/cpu/AttentionHead.h"
#include "compiler/cpu/VectorBody.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

// Tasks that keep many threads busy, and in how many parts a head is cut at most for them: each has its own dq.
static constexpr int64_t wantedTasks = 32, mostParts = 4;
// Tiles of a block of queries: sums of dk and dv pass through registers once per block.
static constexpr int64_t mostBlockTiles = 8;

namespace {

struct AttentionGradPlan {
  int64_t rows, blockTiles;   // of queries
  int64_t keyRows, keyTiles;  // of keys, in products over queries
  int64_t keys;               // of a block, whole panels
  int64_t blocks, parts;      // of keys
  int64_t paddedQueries;      // of one head

  int64_t blockRows() const { return rows * blockTiles; }
  int64_t roundsOfBlocks() const { return llvm::divideCeil(blocks, parts); }
};

} // namespace

static AttentionGradPlan planAttentionGrad(const Machine &machine, const AttentionShape &shape) {
  RegisterTile tile = registerTile(machine, shape.sum);
  int64_t bytes = shape.sum.getIntOrFloatBitWidth() / 8, columns = llvm::alignTo(shape.channels, tile.columns());
  // Keys and values in three forms, and two sums, take a quarter of the second-level cache.
  int64_t fit = machine.l2Bytes / 4 / (5 * columns * bytes) / tile.columns() * tile.columns();
  int64_t most = std::clamp<int64_t>(fit, tile.columns(), 128);
  AttentionGradPlan plan;
  plan.keys = llvm::alignTo(llvm::divideCeil(shape.keys, llvm::divideCeil(shape.keys, most)), tile.columns());
  plan.blocks = llvm::divideCeil(shape.keys, plan.keys);
  plan.keyRows = tileRows(machine, shape, plan.keys);
  plan.keyTiles = llvm::divideCeil(plan.keys, plan.keyRows);
  int64_t queryBlocks = llvm::divideCeil(shape.queries, mostBlockTiles * tile.rows);
  int64_t block = llvm::divideCeil(shape.queries, queryBlocks);
  // Two rows make a unit of products over queries where these are pairs.
  int64_t pair = groupOf(packedType(machine, shape.compute));
  plan.rows = llvm::alignTo(tileRows(machine, shape, block), pair);
  plan.blockTiles = llvm::divideCeil(block, plan.rows);
  plan.paddedQueries = llvm::alignTo(shape.queries, plan.blockRows());
  plan.parts = 1;
  while (plan.parts < mostParts && 2 * plan.parts <= plan.blocks && shape.batch * shape.kvHeads * plan.parts < wantedTasks)
    plan.parts *= 2;
  return plan;
}

namespace {

// One row of queries of a block, against keys of one block.
struct GradientRow {
  Value row, member, distance0; // its number, that of its head in the group, where its bias of key0 stands
  Value shift, delta;           // in all lanes
  AttentionHead::Seen seen;
};

class AttentionGradTask {
public:
  AttentionGradTask(AttentionHead &head, AttentionGradOp op, const AttentionGradPlan &plan)
      : head(head), op(op), emit(head.emit), shape(head.shape), plan(plan) {}

  /// `querySums` (rows of the group, D) takes dq / scale of the keys of this part, `biasSums` (heads of the group, distances),
  /// unless null, the sums of ds.
  void expand(Value whichKvHead, Value part, Value sumsOfQueries, Value sumsOfBias) {
    kvHead = whichKvHead;
    querySums = sumsOfQueries;
    biasSums = sumsOfBias;
    allocateState();
    head.fill(querySums, 0);
    if (biasSums)
      head.fill(biasSums, 0);
    // Early and late blocks of keys in turn: with a causal mask, late ones cost less.
    emit.loop(plan.roundsOfBlocks(), [&](Value round) {
      Value odd = emit.equal(emit.rem(round, emit.index(2)), emit.index(1));
      Value mirrored = emit.sub(emit.index(plan.parts - 1), part);
      Value turn = arith::SelectOp::create(emit.b, emit.loc, odd, mirrored, part);
      Value key0 = emit.mul(emit.add(emit.mul(round, plan.parts), turn), plan.keys);
      emit.when(emit.less(key0, emit.index(shape.keys)), [&] { expandKeys(key0); });
    });
  }

private:
  void allocateState() {
    keysAcross = head.allocateAcross(plan.keys);
    valuesAcross = head.allocateAcross(plan.keys);
    keys = head.allocateAlong(plan.keys);
    keySums = head.allocateSums(plan.keyRows * plan.keyTiles);
    valueSums = head.allocateSums(plan.keyRows * plan.keyTiles);
    queries = head.allocateRows(plan.blockRows());
    cotangents = head.allocateRows(plan.blockRows());
    weights = allocate(emit, {plan.blockRows(), scoreColumns()}, shape.sum);
    gradients = allocate(emit, {plan.blockRows(), scoreColumns()}, shape.sum);
    deltas = allocate(emit, {plan.blockRows()}, shape.sum);
    shifts = allocate(emit, {plan.blockRows()}, shape.sum);
    allocateFactors();
  }

  // Where factors are pairs they have a place of their own; else they are what was computed.
  void allocateFactors() {
    queriesAlong = queries;
    cotangentsAlong = cotangents;
    weightColumns = weights;
    gradientColumns = gradientRows = gradients;
    if (head.pair == 1)
      return;
    queriesAlong = head.allocateAlong(plan.blockRows());
    cotangentsAlong = head.allocateAlong(plan.blockRows());
    SmallVector<int64_t> pairs = {plan.blockRows() / 2, scoreColumns() * 2};
    weightColumns = allocate(emit, pairs, head.packed);
    gradientColumns = allocate(emit, pairs, head.packed);
    gradientRows = allocate(emit, {plan.blockRows(), scoreColumns()}, head.packed);
  }

  int64_t scoreColumns() const {
    int64_t tiles = llvm::alignTo(plan.keyRows * plan.keyTiles, head.tile.lanes);
    return std::max(plan.keys, tiles);
  }

  void expandKeys(Value block0) {
    key0 = block0;
    head.fill(keySums, 0);
    head.fill(valueSums, 0);
    Value all = head.visible(emit.index(shape.queries - 1));
    keyCount = emit.min(emit.sub(all, key0), emit.index(plan.keys));
    emit.when(emit.less(emit.index(0), keyCount), [&] {
      head.packAcross(op.getK(), kvHead, key0, keyCount, keysAcross);
      head.packAcross(op.getV(), kvHead, key0, keyCount, valuesAcross);
      head.packAlong(op.getK(), kvHead, key0, keyCount, /*most=*/0, keys);
      emit.loop(shape.group(), [&](Value member) {
        Value block = emit.div(head.firstQuery(key0), emit.index(plan.blockRows()));
        Value last = head.lastQuery(emit.add(key0, emit.add(keyCount, -1)));
        emit.loop(emit.mul(block, plan.blockRows()), last, plan.blockRows(),
                  [&](Value query0) { expandQueries(member, query0); });
      });
    });
    Value exist = emit.min(emit.sub(emit.index(shape.keys), key0), emit.index(plan.keys));
    copyOut(keySums, op.getOuts()[1], exist, shape.scale);
    copyOut(valueSums, op.getOuts()[2], exist, 1);
  }

  void copyOut(Value sums, Value out, Value count, double scale) {
    Value channel0 = head.firstChannel(kvHead);
    emit.loop(emit.index(0), count, 1, [&](Value j) {
      head.overChannels([&](Value n, Value mask) {
        Value sum = head.load(sums, {j, n});
        sum = scale == 1 ? sum : head.multiply(sum, head.real(scale));
        head.storeChannels(sum, out, emit.add(key0, j), emit.add(channel0, n), mask);
      });
    });
  }

  // Rows [query0, query0 + blockRows()) of one head of the group against the keys of the block.
  void expandQueries(Value member, Value block0) {
    query0 = block0;
    whichHead = emit.add(emit.mul(kvHead, shape.group()), member);
    Value zero = emit.index(0), count = emit.min(emit.sub(emit.index(shape.queries), query0), emit.index(plan.blockRows()));
    head.copyRows(op.getQ(), whichHead, query0, count, plan.blockRows(), queries, zero);
    head.copyRows(op.getCotangent(), whichHead, query0, count, plan.blockRows(), cotangents, zero);
    if (head.pair != 1) {
      head.packAlong(op.getQ(), whichHead, query0, count, plan.blockRows(), queriesAlong);
      head.packAlong(op.getCotangent(), whichHead, query0, count, plan.blockRows(), cotangentsAlong);
    }
    prepareRows(count);
    emit.loop(zero, count, plan.rows, [&](Value at) {
      Value seen = emit.min(emit.sub(head.visible(emit.add(emit.add(query0, at), plan.rows - 1)), key0), keyCount);
      emit.when(emit.less(zero, seen), [&] { expandTile(member, at, seen); });
    });
    Value end = emit.mul(emit.div(emit.add(count, plan.rows - 1), emit.index(plan.rows)), plan.rows);
    Value seen = emit.min(emit.sub(head.visible(emit.add(query0, plan.blockRows() - 1)), key0), keyCount);
    emit.loop(zero, seen, plan.keyRows, [&](Value j) {
      Value low = emit.max(emit.sub(head.firstQuery(emit.add(key0, j)), query0), zero);
      addOverQueries(weightColumns, cotangentsAlong, j, low, end, valueSums);
      addOverQueries(gradientColumns, queriesAlong, j, low, end, keySums);
    });
  }

  // -lse and rowsum(do o) of the rows of a block; those beyond the last have no weight.
  void prepareRows(Value count) {
    Value channel0 = head.firstChannel(whichHead);
    emit.loop(emit.index(0), count, 1, [&](Value r) {
      Value row = emit.add(query0, r), total = head.real(0);
      head.overChannels([&](Value n, Value mask) {
        Value output = head.loadChannels(op.getOutput(), row, emit.add(channel0, n), mask);
        Value cotangent = head.loadChannels(op.getCotangent(), row, emit.add(channel0, n), mask);
        total = head.multiplyPlus(output, cotangent, total);
      });
      emit.store(head.sumLanes(total), deltas, r);
      Value logSumExp = emit.load(op.getLogSumExp(), {head.batch, whichHead, row});
      emit.store(arith::NegFOp::create(emit.b, emit.loc, logSumExp), shifts, r);
    });
    emit.loop(count, emit.index(plan.blockRows()), 1, [&](Value r) {
      emit.store(emit.real(shape.sum, 0), deltas, r);
      emit.store(emit.real(shape.sum, head.lowest), shifts, r);
    });
  }

  void expandTile(Value member, Value at, Value seen) {
    head.multiplyAcross(plan.rows, queries, at, keysAcross, weights, at, seen);
    head.multiplyAcross(plan.rows, cotangents, at, valuesAcross, gradients, at, seen);
    // Zero up to the last tile of keys that the tile meets.
    Value end = emit.roundUp(emit.mul(emit.div(emit.add(seen, plan.keyRows - 1), emit.index(plan.keyRows)), plan.keyRows),
                             head.tile.lanes);
    emit.loop(at, emit.add(at, plan.rows), head.pair, [&](Value row) { expandRows(member, row, seen, end); });
    Value first = emit.add(emit.mul(member, plan.paddedQueries), emit.add(query0, at));
    auto left = [&](int64_t r, Value unit) { return head.unitOfRow(gradientRows, emit.add(at, r), unit); };
    auto before = [&](int64_t r, Value n) { return head.load(querySums, {emit.add(first, r), n}); };
    auto after = [&](int64_t r, Value n, Value sum) { head.store(sum, querySums, {emit.add(first, r), n}); };
    head.multiplyAlong(plan.rows, emit.index(0), seen, left, keys, before, after);
  }

  // The rows of a unit: scores and dp become p (dropped) and ds / scale. Of `seen` keys of the tile, a row may see fewer.
  void expandRows(Value member, Value row0, Value end0, Value end) {
    SmallVector<GradientRow> rows;
    for (int64_t i = 0; i < head.pair; ++i)
      rows.push_back(rowAt(member, emit.add(row0, i), end0));
    // Of two rows, the first ends first, and the second starts last.
    AttentionHead::Seen both{rows.back().seen.low, rows.front().seen.high};
    head.overRow(both, end, {}, [&](Value j, Value masked, ValueRange) {
      SmallVector<Value> dropped, ds;
      for (const GradientRow &row : rows) {
        Value mask = masked ? head.maskOfSeen(row.seen, j) : Value();
        auto [weight, gradient] = expandVector(row, j);
        dropped.push_back(mask ? head.where(mask, weight, head.real(0)) : weight);
        ds.push_back(mask ? head.where(mask, gradient, head.real(0)) : gradient);
        addToBias(row, j, ds.back());
      }
      storeColumns(dropped, weightColumns, row0, j);
      storeColumns(ds, gradientColumns, row0, j);
      for (auto [row, vector] : llvm::zip_equal(rows, ds))
        if (head.pair != 1)
          head.store(convertFloat(emit, vector, head.packed), gradientRows, {row.row, j});
      return SmallVector<Value>();
    });
  }

  GradientRow rowAt(Value member, Value row, Value end) {
    Value query = emit.add(query0, row), distance0 = shape.mask.bias ? emit.add(head.biasOfKeyZero(query), key0) : Value();
    return {row, member, distance0, head.scalarOf(shifts, row), head.scalarOf(deltas, row), head.seenBy(query, key0, end)};
  }

  std::pair<Value, Value> expandVector(const GradientRow &row, Value j) {
    Value shifted = head.multiplyPlus(head.load(weights, {row.row, j}), head.real(shape.scale), row.shift);
    if (shape.mask.bias)
      shifted = head.plus(shifted, head.loadBias(whichHead, emit.add(row.distance0, j)));
    Value p = math::ExpOp::create(emit.b, emit.loc, shifted);
    Value dp = head.load(gradients, {row.row, j}), dropped = p;
    if (Value keep = head.keepFactors(whichHead, emit.add(query0, row.row), emit.add(key0, j))) {
      dp = head.multiply(dp, keep);
      dropped = head.multiply(p, keep);
    }
    return {dropped, head.multiply(p, head.minus(dp, row.delta))};
  }

  void addToBias(const GradientRow &row, Value j, Value ds) {
    if (!biasSums)
      return;
    SmallVector<Value> at = {row.member, emit.add(row.distance0, j)};
    head.store(head.plus(head.load(biasSums, at), ds), biasSums, at);
  }

  // The vectors of the rows of a unit, side by side.
  void storeColumns(ValueRange vectors, Value columns, Value row0, Value j) {
    if (head.pair == 1)
      return head.store(vectors[0], columns, {row0, j});
    Value low = convertFloat(emit, vectors[0], head.packed), high = convertFloat(emit, vectors[1], head.packed);
    Value both = vector::InterleaveOp::create(emit.b, emit.loc, low, high);
    head.store(both, columns, {emit.div(row0, emit.index(2)), emit.mul(j, 2)});
  }

  // sums[j + r, :] += sum over the rows [low, end) of the block of columns[row, j + r] along[row, :]
  void addOverQueries(Value columns, Value along, Value j, Value low, Value end, Value sums) {
    auto left = [&](int64_t r, Value unit) { return head.unitOfColumn(columns, unit, emit.add(j, r)); };
    auto before = [&](int64_t r, Value n) { return head.load(sums, {emit.add(j, r), n}); };
    auto after = [&](int64_t r, Value n, Value sum) { head.store(sum, sums, {emit.add(j, r), n}); };
    head.multiplyAlong(plan.keyRows, low, end, left, along, before, after);
  }

  AttentionHead &head;
  AttentionGradOp op;
  Emitter &emit;
  const AttentionShape &shape;
  const AttentionGradPlan &plan;
  Value kvHead, key0, keyCount;                        // of the block of keys under way
  Value whichHead, query0;                             // of the block of queries under way
  Value keysAcross, valuesAcross, keys;                // of one block
  Value keySums, valueSums, querySums;                 // (rows, D)
  Value biasSums;                                      // (heads of the group, distances)
  Value queries, cotangents, deltas, shifts;           // of one block
  Value weights, gradients;                            // (rows, keys) of one block: scores and dp, p and ds
  Value queriesAlong, cotangentsAlong;                 // as right factors of products over queries
  Value weightColumns, gradientColumns, gradientRows;  // as left factors over queries, and over keys
};

} // namespace

// Columns of a row of sums by distance: vectors may reach beyond the last one.
static int64_t biasColumns(const Machine &machine, const AttentionShape &shape) {
  RegisterTile tile = registerTile(machine, shape.sum);
  return llvm::alignTo(shape.distances() + tile.columns() + tile.rows, tile.lanes);
}

// dbias of one head, from the sums of all batch rows and parts in their order.
static void writeBiasGradient(Emitter &emit, const Machine &machine, const AttentionShape &shape, Value sums, Value out,
                              Value whichHead) {
  VectorType type = vectorType(machine, shape.sum);
  int64_t lanes = type.getDimSize(0);
  Value kvHead = emit.div(whichHead, emit.index(shape.group())), member = emit.rem(whichHead, emit.index(shape.group()));
  emit.loop(emit.index(0), emit.index(shape.distances()), lanes, [&](Value d) {
    Value total = emit.nest({shape.batch, sizeOf(sums, 2)}, emit.real(type, 0), [&](ValueRange at, ValueRange carried) {
      Value part = loadVector(emit, type, sums, {at[0], kvHead, at[1], member, d});
      return SmallVector<Value>{arith::AddFOp::create(emit.b, emit.loc, carried[0], part)};
    })[0];
    storeVector(emit, total, out, {whichHead, d}, maskOf(emit, lanes, emit.sub(emit.index(shape.distances()), d)));
  });
}

// dq of one row, from the sums of all parts in their order.
static void writeQueryGradient(AttentionHead &head, ArrayRef<Value> parts, Value out, Value whichHead, Value member, Value i,
                               const AttentionGradPlan &plan) {
  Emitter &emit = head.emit;
  Value row = emit.add(emit.mul(member, plan.paddedQueries), i), channel0 = head.firstChannel(whichHead);
  head.overChannels([&](Value n, Value mask) {
    Value sum = head.load(parts[0], {row, n});
    for (Value part : parts.drop_front())
      sum = head.plus(sum, head.load(part, {row, n}));
    head.storeChannels(head.multiply(sum, head.real(head.shape.scale)), out, i, emit.add(channel0, n), mask);
  });
}

// Tasks that share a head: each has its own dq, which a second loop adds.
static void expandInParts(Emitter &emit, const Machine &machine, AttentionGradOp op, const AttentionGradPlan &plan,
                          ArrayRef<int64_t> sumShape, function_ref<Value(ValueRange)> biasPart) {
  AttentionShape shape = AttentionShape::of(op);
  Value parts = allocate(emit, {shape.batch, shape.kvHeads, plan.parts, sumShape[0], sumShape[1]}, shape.sum);
  emit.forall({shape.batch, shape.kvHeads, plan.parts}, [&](ValueRange at) {
    AttentionHead head(emit, machine, shape, at[0]);
    AttentionGradTask(head, op, plan).expand(at[1], at[2], partAt(emit, parts, at), biasPart(at));
  });
  emit.forall({shape.batch, shape.heads, shape.queries}, [&](ValueRange at) {
    AttentionHead head(emit, machine, shape, at[0]);
    Value kvHead = emit.div(at[1], emit.index(shape.group())), member = emit.rem(at[1], emit.index(shape.group()));
    SmallVector<Value> sums;
    for (int64_t part = 0; part < plan.parts; ++part)
      sums.push_back(partAt(emit, parts, {at[0], kvHead, emit.index(part)}));
    writeQueryGradient(head, sums, op.getOuts()[0], at[1], member, at[2], plan);
  });
}

void tern::cpu::expandAttentionGrad(Emitter &emit, const Machine &machine, AttentionGradOp op) {
  AttentionShape shape = AttentionShape::of(op);
  AttentionGradPlan plan = planAttentionGrad(machine, shape);
  int64_t columns = llvm::alignTo(shape.channels, registerTile(machine, shape.sum).columns());
  SmallVector<int64_t> sumShape = {shape.group() * plan.paddedQueries, columns};
  Value biasSums;
  if (op.getOuts().size() == 4)
    biasSums = allocate(emit, {shape.batch, shape.kvHeads, plan.parts, shape.group(), biasColumns(machine, shape)}, shape.sum);
  auto biasPart = [&](ValueRange at) { return biasSums ? partAt(emit, biasSums, at) : Value(); };
  if (plan.parts == 1)
    emit.forall({shape.batch, shape.kvHeads}, [&](ValueRange at) {
      AttentionHead head(emit, machine, shape, at[0]);
      Value sums = allocate(emit, sumShape, shape.sum), part = emit.index(0);
      AttentionGradTask(head, op, plan).expand(at[1], part, sums, biasPart({at[0], at[1], part}));
      emit.nest({shape.group(), shape.queries}, [&](ValueRange mi) {
        Value whichHead = emit.add(emit.mul(at[1], shape.group()), mi[0]);
        writeQueryGradient(head, sums, op.getOuts()[0], whichHead, mi[0], mi[1], plan);
      });
    });
  else
    expandInParts(emit, machine, op, plan, sumShape, biasPart);
  if (biasSums)
    emit.forall({shape.heads}, [&](ValueRange at) {
      writeBiasGradient(emit, machine, shape, biasSums, op.getOuts()[3], at[0]);
    });
}
