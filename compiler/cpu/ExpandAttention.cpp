// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention at speed, forwards, and the pass. The gradient is in AttentionGrad.cpp.

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

// Queries of one task: enough that packing keys and values for them is small beside the products.
static constexpr int64_t taskQueries = 128;

namespace {

class AttentionTask {
public:
  AttentionTask(AttentionHead &head, AttentionOp op) : head(head), op(op), emit(head.emit) {}

  void expand(Value batch, Value kvHead, Value low, Value high) {
    head.batch = batch;
    Value seen = head.visible(emit.add(high, -1));
    Value across = head.packAcross(op.getK(), kvHead, seen);
    Value along = head.packAlong(op.getV(), kvHead, emit.index(0), seen, head.shape.keys);
    Value scores = allocate(emit, {head.rows, head.scoreColumns()}, head.shape.element);
    Value inverse = allocate(emit, {head.rows}, head.shape.element);
    int64_t group = head.shape.heads / head.shape.kvHeads;
    emit.loop(group, [&](Value member) {
      Value whichHead = emit.add(emit.mul(kvHead, group), member);
      // The last tile moves back over rows already done where the rows do not divide: it writes them again.
      Value last = emit.sub(high, emit.index(head.rows));
      emit.loop(low, high, head.rows,
                [&](Value i) { expandTile(whichHead, emit.min(i, last), across, along, scores, inverse); });
    });
  }

private:
  void expandTile(Value whichHead, Value i, Value across, Value along, Value scores, Value inverse) {
    Value seen = head.visible(emit.add(i, head.rows - 1)), end = emit.roundUp(seen, head.tile.lanes);
    head.multiplyAcross(op.getQ(), whichHead, i, across, scores, emit.index(0), seen);
    emit.loop(head.rows, [&](Value r) {
      Value query = emit.add(i, r);
      emit.store(head.exponentiate(scores, r, head.visible(query), end), inverse, r);
      drop(scores, r, end, whichHead, query);
    });
    Value channel0 = emit.mul(whichHead, head.shape.channels);
    auto weight = [&](int64_t r, Value j) { return emit.load(scores, {emit.index(r), j}); };
    auto finish = [&](int64_t r, Value n, Value sum, Value mask) {
      Value factor = spread(emit, emit.load(inverse, emit.index(r)), head.tile.lanes);
      storeVector(emit, head.multiply(sum, factor), op.getOuts()[0],
                  {head.batch, emit.add(i, r), emit.add(channel0, n)}, mask);
    };
    head.multiplyAlong(head.rows, weight, along, seen, finish);
  }

  void drop(Value scores, Value r, Value end, Value whichHead, Value query) {
    if (head.shape.dropout == 0)
      return;
    emit.loop(emit.index(0), end, head.tile.lanes, [&](Value j) {
      Value weight = loadVector(emit, head.type, scores, {r, j});
      storeVector(emit, head.multiply(weight, head.keepFactors(head.batch, whichHead, query, j)), scores, {r, j});
    });
  }

  AttentionHead &head;
  AttentionOp op;
  Emitter &emit;
};

} // namespace

void tern::cpu::expandAttention(Emitter &emit, const Machine &machine, AttentionOp op) {
  AttentionShape shape = AttentionShape::of(op);
  // Ranges of queries of nearly equal length, none shorter than a tile.
  int64_t ranges = std::max<int64_t>(shape.queries / taskQueries, 1), length = shape.queries / ranges;
  int64_t rows = queryTileRows(machine, shape.element, length);
  emit.forall({shape.batch, shape.kvHeads, ranges}, [&](ValueRange at) {
    Value key = shape.dropout != 0 ? emit.load(op.getKey(), {}) : Value();
    AttentionHead head(emit, machine, shape, key, rows);
    Value low = emit.div(emit.mul(at[2], shape.queries), emit.index(ranges));
    Value high = emit.div(emit.mul(emit.add(at[2], 1), shape.queries), emit.index(ranges));
    AttentionTask(head, op).expand(at[0], at[1], low, high);
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
