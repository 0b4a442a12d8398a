// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention at speed, forwards, and the pass. The gradient is in AttentionGrad.cpp.
//
// A task has some rows of queries of the heads of one group and passes over the keys block by block (Dao et al. 2022). A
// tile of scores lives in the first-level cache; each row keeps its maximum m and sum l so far and
//   m' = max(m, scores)   f = exp(m - m')   l' = f l + sum exp(scores - m')   o' = f o + exp(scores - m') v

#include "compiler/cpu/AttentionHead.h"
#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/VectorBody.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

namespace tern {
#define GEN_PASS_DEF_EXPANDATTENTION
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

// How the queries are cut. A task has `slots` chunks of queries of every head of its group: with a causal mask an early and
// a late one, so that all tasks cost the same.
struct AttentionPlan {
  int64_t rows;       // of a tile
  int64_t chunkTiles; // tiles of a chunk
  int64_t chunks, slots, tasks;
  int64_t keys; // of a block

  int64_t chunkRows() const { return rows * chunkTiles; }
};

} // namespace

// Rows of a task: packing a key costs as much as some 6 rows of its scores.
static constexpr int64_t mostTaskRows = 256, leastTaskRows = 64;
// As many tasks as keep many threads busy, where rows allow.
static constexpr int64_t wantedTasks = 32;

static AttentionPlan planAttention(const Machine &machine, const AttentionShape &shape) {
  int64_t taskRows = mostTaskRows, heads = shape.batch * shape.kvHeads;
  while (taskRows > leastTaskRows && heads * shape.queries * shape.group() < wantedTasks * taskRows)
    taskRows /= 2;
  AttentionPlan plan;
  bool twice = shape.mask.causal && shape.queries * shape.group() > taskRows;
  int64_t most = std::max<int64_t>(taskRows / shape.group() / (twice ? 2 : 1), 1);
  plan.chunks = llvm::divideCeil(shape.queries, most);
  int64_t chunk = llvm::divideCeil(shape.queries, plan.chunks);
  plan.rows = tileRows(machine, shape, chunk);
  plan.chunkTiles = llvm::divideCeil(chunk, plan.rows);
  plan.chunks = llvm::divideCeil(shape.queries, plan.chunkRows());
  plan.slots = twice && plan.chunks > 1 ? 2 : 1;
  plan.tasks = llvm::divideCeil(plan.chunks, plan.slots);
  // A tile of scores takes at most half of the first-level cache.
  RegisterTile tile = registerTile(machine, shape.sum);
  int64_t bytes = plan.rows * shape.sum.getIntOrFloatBitWidth() / 8;
  int64_t fit = std::max<int64_t>(machine.l1Bytes / 2 / bytes / tile.columns(), 1) * tile.columns();
  plan.keys = std::min<int64_t>(fit, llvm::alignTo(shape.keys, tile.columns()));
  return plan;
}

namespace {

class AttentionTask {
public:
  AttentionTask(AttentionHead &head, AttentionOp op, const AttentionPlan &plan)
      : head(head), op(op), emit(head.emit), shape(head.shape), plan(plan),
        paddedRows(llvm::alignTo(plan.rows, head.tile.lanes)), tiles(shape.group() * plan.slots * plan.chunkTiles) {}

  void expand(Value whichKvHead, Value task) {
    kvHead = whichKvHead;
    starts.push_back(emit.mul(task, plan.chunkRows()));
    if (plan.slots == 2)
      starts.push_back(emit.mul(emit.sub(emit.index(plan.chunks - 1), task), plan.chunkRows()));
    allocateState();
    overChunks([&](Value whichHead, Value start, Value tile0) {
      Value count = emit.min(emit.sub(emit.index(shape.queries), start), emit.index(plan.chunkRows()));
      head.copyRows(op.getQ(), whichHead, start, count, plan.chunkRows(), queries, emit.mul(tile0, plan.rows));
    });
    Value end = head.visible(emit.add(starts.back(), plan.chunkRows() - 1));
    emit.loop(emit.index(0), end, plan.keys, [&](Value key0) { expandKeys(key0, end); });
    overTiles([&](Value whichHead, Value i, Value at) { finish(whichHead, i, at); });
  }

private:
  void allocateState() {
    queries = head.allocateRows(tiles * plan.rows);
    sums = head.allocateRows(tiles * plan.rows);
    maxima = allocate(emit, {tiles, paddedRows}, shape.sum);
    totals = allocate(emit, {tiles * plan.rows, head.tile.lanes}, shape.sum);
    keysAcross = head.allocateAcross(plan.keys);
    values = head.allocateRows(plan.keys);
    scores = allocate(emit, {plan.rows, plan.keys}, shape.sum);
    for (Value *one : {&highest, &factors, &shifts})
      *one = allocate(emit, {paddedRows}, shape.sum);
    head.fill(sums, 0);
    head.fill(totals, 0);
    head.fill(maxima, shape.sum.isF64() ? -1e300 : -1e38);
    head.fill(highest, 0);
  }

  // The chunks of the task; each with the number of its first tile among those of the task.
  void overChunks(function_ref<void(Value whichHead, Value start, Value tile0)> body) {
    emit.loop(shape.group(), [&](Value member) {
      Value whichHead = emit.add(emit.mul(kvHead, shape.group()), member);
      for (auto [slot, start] : llvm::enumerate(starts)) {
        Value tile0 = emit.mul(emit.add(emit.mul(member, plan.slots), int64_t(slot)), plan.chunkTiles);
        auto inside = [&, start = start] { body(whichHead, start, tile0); };
        // The chunk in the middle has no partner.
        slot == 0 ? inside() : emit.when(emit.less(starts[0], start), inside);
      }
    });
  }

  void overTiles(function_ref<void(Value whichHead, Value i, Value at)> body) {
    overChunks([&](Value whichHead, Value start, Value tile0) {
      Value end = emit.min(emit.add(start, plan.chunkRows()), emit.index(shape.queries));
      emit.loop(start, end, plan.rows, [&](Value i) {
        body(whichHead, i, emit.add(tile0, emit.div(emit.sub(i, start), emit.index(plan.rows))));
      });
    });
  }

  void expandKeys(Value key0, Value end) {
    Value count = emit.min(emit.sub(end, key0), emit.index(plan.keys));
    head.packAcross(op.getK(), kvHead, key0, count, keysAcross);
    head.copyRows(op.getV(), kvHead, key0, count, /*most=*/0, values, emit.index(0));
    overTiles([&](Value whichHead, Value i, Value at) {
      Value seen = emit.min(emit.sub(head.visible(emit.add(i, plan.rows - 1)), key0), count);
      emit.when(emit.less(emit.index(0), seen), [&] { expandTile(whichHead, i, at, key0, seen); });
    });
  }

  // Keys [key0, key0 + end) for one tile of queries.
  void expandTile(Value whichHead, Value i, Value at, Value key0, Value end) {
    Value row0 = emit.mul(at, plan.rows), zero = emit.index(0);
    head.multiplyAcross(plan.rows, queries, row0, keysAcross, scores, zero, end);
    auto seenBy = [&](Value r) { return clamp(emit.sub(head.visible(emit.add(i, r)), key0), end); };
    emit.loop(plan.rows, [&](Value r) { emit.store(highestScore(r, seenBy(r), end), highest, r); });
    rescale(at);
    emit.loop(plan.rows, [&](Value r) { exponentiate(whichHead, emit.add(i, r), r, emit.add(row0, r), key0, seenBy(r), end); });
    auto weight = [&](int64_t r, Value j) { return emit.load(scores, {emit.index(r), j}); };
    auto before = [&](int64_t r, Value n) {
      return head.multiply(head.load(sums, {emit.add(row0, r), n}), head.scalarOf(factors, emit.index(r)));
    };
    auto after = [&](int64_t r, Value n, Value sum) { head.store(sum, sums, {emit.add(row0, r), n}); };
    head.multiplyAlong(plan.rows, zero, end, weight, values, before, after);
  }

  Value clamp(Value seen, Value end) {
    return shape.mask.causal ? emit.max(emit.min(seen, end), emit.index(0)) : end;
  }

  Value highestScore(Value r, Value seen, Value end) {
    Value lowest = head.lowest();
    Value max = head.overRow(seen, end, lowest, [&](Value j, Value mask, ValueRange carried) {
      Value score = head.load(scores, {r, j});
      if (mask)
        score = head.where(mask, score, lowest);
      return SmallVector<Value>{head.larger(score, carried[0])};
    })[0];
    return foldLanes(emit, max, [&](Value low, Value high) { return head.larger(low, high); });
  }

  // New maxima of the rows of a tile, and the factors that its sums so far shrink by.
  void rescale(Value at) {
    Value scale = head.real(shape.scale);
    for (int64_t r = 0; r < plan.rows; r += head.tile.lanes) {
      Value row = emit.index(r), old = head.load(maxima, {at, row});
      Value max = head.larger(head.load(highest, row), old);
      Value difference = head.multiply(head.minus(old, max), scale);
      head.store(math::ExpOp::create(emit.b, emit.loc, difference), factors, row);
      head.store(max, maxima, {at, row});
      head.store(head.multiply(max, head.real(-shape.scale)), shifts, row);
    }
  }

  // scores[r] = exp(scale (score - max)), dropped out, 0 where not seen.
  void exponentiate(Value whichHead, Value i, Value r, Value row, Value key0, Value seen, Value end) {
    Value shift = head.scalarOf(shifts, r), scale = head.real(shape.scale), zero = head.real(0);
    Value sum = head.overRow(seen, end, zero, [&](Value j, Value mask, ValueRange carried) {
      Value weight = math::ExpOp::create(emit.b, emit.loc, head.multiplyPlus(head.load(scores, {r, j}), scale, shift));
      if (mask)
        weight = head.where(mask, weight, zero);
      Value keep = head.keepFactors(whichHead, i, emit.add(key0, j));
      head.store(keep ? head.multiply(weight, keep) : weight, scores, {r, j});
      return SmallVector<Value>{head.plus(carried[0], weight)};
    })[0];
    Value before = head.load(totals, {row, emit.index(0)});
    head.store(head.multiplyPlus(before, head.scalarOf(factors, r), sum), totals, {row, emit.index(0)});
  }

  // o = sums / totals, 0 where nothing is seen, and the second out.
  void finish(Value whichHead, Value i, Value at) {
    Value row0 = emit.mul(at, plan.rows), channel0 = head.firstChannel(whichHead);
    Value count = emit.min(emit.sub(emit.index(shape.queries), i), emit.index(plan.rows));
    emit.loop(plan.rows, [&](Value r) {
      Value total = head.sumLanes(head.load(totals, {emit.add(row0, r), emit.index(0)}));
      emit.store(total, highest, r);
    });
    Value zero = head.real(0);
    for (int64_t r = 0; r < plan.rows; r += head.tile.lanes) {
      Value row = emit.index(r), total = head.load(highest, row);
      Value none = arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OEQ, total, zero);
      Value inverse = arith::DivFOp::create(emit.b, emit.loc, head.real(1), total);
      head.store(head.where(none, zero, inverse), factors, row);
      if (op.getOuts().size() == 1)
        continue;
      Value logarithm = math::LogOp::create(emit.b, emit.loc, total);
      Value sum = head.multiplyPlus(head.load(maxima, {at, row}), head.real(shape.scale), logarithm);
      Value mask = maskOf(emit, head.tile.lanes, emit.sub(count, row));
      storeVector(emit, head.where(none, zero, sum), op.getOuts()[1], {head.batch, whichHead, emit.add(i, row)}, mask);
    }
    emit.loop(emit.index(0), count, 1, [&](Value r) {
      Value factor = head.scalarOf(factors, r);
      head.overChannels([&](Value n, Value mask) {
        Value sum = head.load(sums, {emit.add(row0, r), n});
        head.storeChannels(head.multiply(sum, factor), op.getOuts()[0], emit.add(i, r), emit.add(channel0, n), mask);
      });
    });
  }

  AttentionHead &head;
  AttentionOp op;
  Emitter &emit;
  const AttentionShape &shape;
  const AttentionPlan &plan;
  int64_t paddedRows, tiles; // of a tile, in whole vectors; of the task
  Value kvHead;
  SmallVector<Value> starts; // the first query of each chunk
  Value queries, sums;       // (rows of the task, D)
  Value maxima;              // (tiles, rows)
  Value totals;              // (rows of the task, lanes)
  Value keysAcross, values;  // of one block
  Value scores;              // (rows, keys of a block) of one tile
  Value highest, factors, shifts; // (rows) of one tile
};

} // namespace

void tern::cpu::expandAttention(Emitter &emit, const Machine &machine, AttentionOp op) {
  AttentionShape shape = AttentionShape::of(op);
  AttentionPlan plan = planAttention(machine, shape);
  emit.forall({shape.batch, shape.kvHeads, plan.tasks}, [&](ValueRange at) {
    AttentionHead head(emit, machine, shape, at[0]);
    AttentionTask(head, op, plan).expand(at[1], at[2]);
  });
}

// Why the op has no vector form, or nothing.
static StringRef whyNot(Operation *op) {
  for (Value operand : op->getOperands())
    if (!hasContiguousRows(operand))
      return "an operand has no contiguous rows";
  return "";
}

namespace {
struct ExpandAttention : tern::impl::ExpandAttentionBase<ExpandAttention> {
  using ExpandAttentionBase::ExpandAttentionBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    tern::Remarks remarks(*this, "expanded", "plain loops");
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<AttentionOp, AttentionGradOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      OpBuilder builder(op);
      Emitter emit(builder, op->getLoc());
      StringRef why = whyNot(op);
      if (why.empty())
        remarks.passed(op->getLoc(), op->getName().getStringRef() + " to register tiles");
      else
        remarks.missed(op->getLoc(), why);
      if (auto forward = dyn_cast<AttentionOp>(op))
        why.empty() ? expandAttention(emit, *machine, forward) : expandNaive(emit, forward);
      else
        why.empty() ? expandAttentionGrad(emit, *machine, cast<AttentionGradOp>(op))
                    : expandNaive(emit, cast<AttentionGradOp>(op));
      op->erase();
    }
  }
};
} // namespace
