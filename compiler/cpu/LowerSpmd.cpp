// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function for all threads: shares of scf.forall, thread 0 for the rest of the writes, barriers between them. The
// function becomes the entry that the runtime calls (tern_entry_fn of runtime/abi/tern.h).

#include "compiler/cpu/CpuUtils.h"
#include "compiler/cpu/Context.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/Regions.h"

#include "mlir/Dialect/AMX/AMXDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace tern {
#define GEN_PASS_DEF_LOWERSPMD
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;

// An op that threads share, or that holds one.
static bool holdsForall(Operation *op) {
  return op->walk([](scf::ForallOp) { return WalkResult::interrupt(); }).wasInterrupted();
}

// An instruction that no dialect has an op for, on values (the floor holds no others), and a load of a tile, which says that
// it writes so that no two are merged: what it writes is a register.
static bool writesRegisters(Operation *op) { return isa<LLVM::CallIntrinsicOp, amx::TileLoadOp>(op); }

// Whether the op, or one in it, may do more than read.
static bool mayWrite(Operation *op) {
  auto stopAtWrite = [](Operation *inner) {
    if (isMemoryEffectFree(inner) || writesRegisters(inner))
      return WalkResult::advance();
    auto effects = dyn_cast<MemoryEffectOpInterface>(inner);
    if (!effects)
      return inner->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ? WalkResult::advance() : WalkResult::interrupt();
    SmallVector<MemoryEffects::EffectInstance> found;
    effects.getEffects(found);
    bool isRead = llvm::all_of(found, [](const auto &effect) { return isa<MemoryEffects::Read>(effect.getEffect()); });
    return isRead ? WalkResult::advance() : WalkResult::interrupt();
  };
  return op->walk(stopAtWrite).wasInterrupted();
}

static bool mayRead(Operation *op) { return !isMemoryEffectFree(op) && !mayWrite(op); }

// Work that is to be shared, but is one share.
static bool isOneShare(Operation *op) {
  auto forall = dyn_cast<scf::ForallOp>(op);
  return forall && llvm::all_of(forall.getMixedUpperBound(), [](OpFoldResult size) { return isConstantIntValue(size, 1); });
}

// A write that one thread does for all: no results that the others would miss.
static bool isSerial(Operation *op) {
  return mayWrite(op) && (isOneShare(op) || !holdsForall(op)) && op->getNumResults() == 0;
}

// Whether all threads read something in the region, at any depth: outside of shares and of what one thread does alone.
static bool holdsRead(Region &region) {
  auto stopAtRead = [](Operation *inner) {
    if (isa<scf::ForallOp>(inner) || isSerial(inner))
      return WalkResult::skip();
    return mayRead(inner) ? WalkResult::interrupt() : WalkResult::advance();
  };
  return region.walk<WalkOrder::PreOrder>(stopAtRead).wasInterrupted();
}

namespace {
// Ops of a block that one thread is to do, in their order, and who takes values of theirs. None can stand at `end` or later.
class ThreadWork {
public:
  explicit ThreadWork(Operation *end) : end(end) {}

  // Whether the op, or one in it, takes a value of the ops.
  bool isTakenBy(Operation *op) const { return takers.contains(op); }

  // Whether only these ops, or ops in them, take values of theirs.
  bool isAlone() const { return open == 0; }

  // Whether they never will be alone: somebody takes a value who cannot become one of them.
  bool isShared() const { return shared; }

  void add(Operation *op) {
    ops.push_back(op);
    open -= takers.lookup(op);
    for (Operation *user : op->getUsers()) { // they all come later
      Operation *taker = op->getBlock()->findAncestorOpInBlock(*user);
      ++takers[taker];
      ++open;
      shared |= !taker->isBeforeInBlock(end);
    }
  }

  SmallVector<Operation *> ops;

private:
  Operation *end;
  DenseMap<Operation *, unsigned> takers; // with how often they take
  unsigned open = 0;                      // how often those take that are none of the ops
  bool shared = false;
};
} // namespace

// The first op from `first` on that one thread cannot do for all, or the terminator.
static Operation *endOfStretch(Operation *first) {
  Operation *op = first;
  while (!op->hasTrait<OpTrait::IsTerminator>() && (isSerial(op) || (!mayWrite(op) && !holdsForall(op))))
    op = op->getNextNode();
  return op;
}

// What one thread does for all, from `first` on and before `end`: serial writes, and what is read for them alone. Ops without
// memory effects between them that do not depend on these reads stay before. Empty when there is nothing of the kind.
static SmallVector<Operation *> serialGroup(Operation *first, Operation *end) {
  ThreadWork work(end);
  size_t taken = 0;
  for (Operation *op = first; op != end && !work.isShared(); op = op->getNextNode()) {
    if (isMemoryEffectFree(op) && !work.isTakenBy(op))
      continue;
    work.add(op);
    if (work.isAlone() && isSerial(op))
      taken = work.ops.size();
  }
  work.ops.truncate(taken);
  return work.ops;
}

namespace {

class SpmdLowering {
public:
  SpmdLowering(Context context, OpBuilder &builder) : context(context), builder(builder) {}

  LogicalResult lower() {
    if (failed(lower(context.entry.front())))
      return failure();
    context.entry->setAttr("tern.regions", regions.rows(builder.getContext()));
    return success();
  }

private:
  LogicalResult lower(Block &block) {
    Operation *op = block.empty() ? nullptr : &block.front(), *end = nullptr;
    while (op && !op->hasTrait<OpTrait::IsTerminator>()) {
      Operation *next = op->getNextNode();
      bool startsGroup = isSerial(op) || mayRead(op);
      if (startsGroup && !end)
        end = endOfStretch(op);
      if (SmallVector<Operation *> group; startsGroup && !(group = serialGroup(op, end)).empty()) {
        separateFromReads(*llvm::find_if(group, isSerial));
        next = runOnFirstThread(group);
      } else if (auto forall = dyn_cast<scf::ForallOp>(op)) {
        separateFromReads(op);
        shareIterations(forall);
      } else if (op->getNumRegions() && (holdsForall(op) || mayWrite(op))) {
        if (failed(lowerRegions(op)))
          return failure();
      } else if (mayWrite(op)) {
        return op->emitOpError("writes memory and has results; no single thread can run it for all");
      } else if (mayRead(op)) {
        readsPending = true;
      }
      if (op == end)
        end = nullptr;
      op = next;
    }
    return success();
  }

  // All threads take the same way through the op. What a loop reads late, be it in a loop within, must not meet what it writes
  // early in its next iteration, so a loop starts as if its reads were still going on.
  LogicalResult lowerRegions(Operation *op) {
    if (!isa<scf::ForOp, scf::IfOp, scf::WhileOp, scf::ExecuteRegionOp>(op))
      return op->emitOpError("has no single-program form around writes");
    bool before = readsPending;
    bool comesBack = !isa<scf::IfOp>(op) && llvm::any_of(op->getRegions(), holdsRead);
    for (Region &region : op->getRegions()) {
      readsPending = before || comesBack;
      for (Block &block : region)
        if (failed(lower(block)))
          return failure();
    }
    readsPending = true;
    return success();
  }

  // No thread may overwrite what a slower one still has to read.
  void separateFromReads(Operation *op) {
    if (!readsPending)
      return;
    builder.setInsertionPoint(op);
    barrier(op->getLoc(), regions.numberOf(op));
  }

  void barrier(Location location, uint32_t region) {
    context.callBarrier(builder, location, region);
    readsPending = false;
  }

  // Thread t of T runs iterations [N t / T, N (t + 1) / T).
  void shareIterations(scf::ForallOp forall) {
    builder.setInsertionPoint(forall);
    Emitter emit(builder, forall.getLoc());
    SmallVector<Value> sizes = sizesOf(emit, forall);
    Value total = emit.index(1);
    for (Value size : sizes)
      total = emit.mul(total, size);
    Value low = emit.div(emit.mul(total, context.thread), context.threads);
    Value high = emit.div(emit.mul(total, emit.add(context.thread, 1)), context.threads);
    auto loop = scf::ForOp::create(builder, forall.getLoc(), low, high, emit.index(1));
    barrier(forall.getLoc(), regions.numberOf(forall));
    inlineBody(emit, forall, loop, sizes);
    unshareInner(loop);
  }

  static SmallVector<Value> sizesOf(Emitter &emit, scf::ForallOp forall) {
    SmallVector<Value> sizes;
    for (OpFoldResult bound : forall.getMixedUpperBound())
      sizes.push_back(getValueOrCreateConstantIndexOp(emit.b, emit.loc, bound));
    return sizes;
  }

  // Moves the body of the forall into a loop over its linear iterations.
  static void inlineBody(Emitter &emit, scf::ForallOp forall, scf::ForOp loop, ArrayRef<Value> sizes) {
    emit.b.setInsertionPointToStart(loop.getBody());
    Value position = loop.getInductionVar();
    SmallVector<Value> ivs(sizes.size());
    for (size_t i = sizes.size(); i-- > 0;) {
      ivs[i] = i ? emit.rem(position, sizes[i]) : position;
      position = i ? emit.div(position, sizes[i]) : position;
    }
    forall.getTerminator()->erase();
    IRRewriter rewriter(emit.b.getContext());
    rewriter.inlineBlockBefore(forall.getBody(), loop.getBody()->getTerminator(), ivs);
    forall.erase();
  }

  // A forall inside of a share, or of what one thread does, is a plain loop of its thread.
  void unshareInner(Operation *share) {
    SmallVector<scf::ForallOp> inner;
    share->walk([&](scf::ForallOp op) { inner.push_back(op); });
    for (scf::ForallOp op : inner) {
      builder.setInsertionPoint(op);
      Emitter emit(builder, op.getLoc());
      SmallVector<Value> sizes = sizesOf(emit, op);
      Value total = emit.index(1);
      for (Value size : sizes)
        total = emit.mul(total, size);
      inlineBody(emit, op, scf::ForOp::create(builder, op.getLoc(), emit.index(0), total, emit.index(1)), sizes);
    }
  }

  // Runs the ops on thread 0. Returns the op after them.
  Operation *runOnFirstThread(ArrayRef<Operation *> ops) {
    Operation *last = ops.back(), *next = last->getNextNode(), *write = *llvm::find_if(ops, isSerial);
    Location location = write->getLoc(); // a forall among the ops does not outlive this
    uint32_t region = regions.numberOf(write);
    for (Operation *op : ops)
      if (isSerial(op))
        regions.share(region, op);
    builder.setInsertionPoint(last);
    Emitter emit(builder, location);
    Value isFirst = emit.equal(context.thread, emit.index(0));
    auto branch = scf::IfOp::create(builder, location, isFirst, /*withElseRegion=*/false);
    for (Operation *op : ops)
      op->moveBefore(branch.thenBlock()->getTerminator());
    unshareInner(branch);
    builder.setInsertionPointAfter(branch);
    barrier(location, region);
    return next;
  }

  Context context;
  OpBuilder &builder;
  RegionTable regions;
  bool readsPending = false;
};

struct LowerSpmd : tern::impl::LowerSpmdBase<LowerSpmd> {
  void runOnOperation() override {
    OpBuilder builder(&getContext());
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (!isPlanned(function))
        continue;
      FailureOr<Context> context = makeEntry(builder, function);
      if (failed(context) || failed(SpmdLowering(*context, builder).lower()))
        return signalPassFailure();
    }
  }
};

} // namespace
