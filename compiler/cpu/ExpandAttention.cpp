// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention at speed, forwards, and the pass. The gradient is in AttentionGrad.cpp.
//
// A task has some rows of queries of the heads of one group and passes over the keys block by block (Dao et al. 2022). A
// tile of scores lives in the first-level cache; where the softmax shrinks the sum of its weights by f, so does o = f o + p v.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/OnlineSoftmax.h"
#include "compiler/cpu/Passes.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
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
  // With a window all chunks cost the same.
  bool twice = shape.mask.causal && !shape.mask.window && shape.queries * shape.group() > taskRows;
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
        tiles(shape.group() * plan.slots * plan.chunkTiles), softmax(head, tiles, plan.rows, plan.keys, head.packed) {}

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
    Value block0 = emit.div(head.firstKey(starts.front()), emit.index(plan.keys));
    emit.loop(emit.mul(block0, plan.keys), end, plan.keys, [&](Value key0) { expandKeys(key0, end); });
    overTiles([&](Value whichHead, Value i, Value at) { finish(whichHead, i, at); });
  }

private:
  void allocateState() {
    queries = head.allocateRows(tiles * plan.rows);
    sums = head.allocateSums(tiles * plan.rows);
    keysAcross = head.allocateAcross(plan.keys);
    values = head.allocateAlong(plan.keys);
    head.fill(sums, 0);
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
    head.packAlong(op.getV(), kvHead, key0, count, /*most=*/0, values);
    overTiles([&](Value whichHead, Value i, Value at) {
      Value seen = emit.min(emit.sub(head.visible(emit.add(i, plan.rows - 1)), key0), count);
      Value hidden = emit.max(emit.sub(head.firstKey(i), key0), emit.index(0));
      emit.when(emit.less(hidden, seen), [&] { expandTile(whichHead, i, at, key0, seen); });
    });
  }

  // Keys [key0, key0 + end) for one tile of queries.
  void expandTile(Value whichHead, Value i, Value at, Value key0, Value end) {
    Value row0 = emit.mul(at, plan.rows), zero = emit.index(0);
    head.multiplyAcross(plan.rows, queries, row0, keysAcross, softmax.scores, zero, end);
    if (shape.mask.bias)
      emit.loop(plan.rows, [&](Value r) { softmax.addBias(r, whichHead, emit.add(i, r), key0, end); });
    auto seenBy = [&](Value r) { return head.seenBy(emit.add(i, r), key0, end); };
    softmax.update(at, key0, end, seenBy, [&](Value r) { return std::pair(whichHead, emit.add(i, r)); });
    auto weight = [&](int64_t r, Value unit) { return head.unitOfRow(softmax.weights, emit.index(r), unit); };
    auto before = [&](int64_t r, Value n) {
      return head.multiply(head.load(sums, {emit.add(row0, r), n}), head.scalarOf(softmax.factors, emit.index(r)));
    };
    auto after = [&](int64_t r, Value n, Value sum) { head.store(sum, sums, {emit.add(row0, r), n}); };
    head.multiplyAlong(plan.rows, zero, end, weight, values, before, after);
  }

  // o = sums / l, and the second out.
  void finish(Value whichHead, Value i, Value at) {
    Value row0 = emit.mul(at, plan.rows), channel0 = head.firstChannel(whichHead);
    Value count = emit.min(emit.sub(emit.index(shape.queries), i), emit.index(plan.rows));
    auto storeStatistics = [&](int64_t r, Value vector) {
      Value mask = maskOf(emit, head.tile.lanes, emit.sub(count, emit.index(r)));
      storeVector(emit, vector, op.getOuts()[1], {head.batch, whichHead, emit.add(i, r)}, mask);
    };
    op.getOuts().size() == 2 ? softmax.finish(at, storeStatistics) : softmax.finish(at);
    emit.loop(emit.index(0), count, 1, [&](Value r) {
      Value factor = head.scalarOf(softmax.factors, r);
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
  int64_t tiles;
  OnlineSoftmax softmax;
  Value kvHead;
  SmallVector<Value> starts; // the first query of each chunk
  Value queries, sums;       // (rows of the task, D)
  Value keysAcross, values;  // of one block
};

} // namespace

void tern::cpu::expandAttention(Emitter &emit, const Machine &machine, AttentionOp op) {
  if (isStream(op))
    return expandAttentionStream(emit, machine, op);
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
