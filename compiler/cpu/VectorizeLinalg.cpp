// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// linalg ops and copies on memrefs become loops on vectors.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/LinalgVectorizer.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/RowGroup.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace tern {
#define GEN_PASS_DEF_VECTORIZELINALG
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;

// A copy is a linalg op like any other.
static void copiesToLinalg(Operation *root) {
  SmallVector<memref::CopyOp> copies;
  root->walk([&](memref::CopyOp copy) { copies.push_back(copy); });
  for (memref::CopyOp copy : copies) {
    OpBuilder builder(copy);
    linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(), copy.getTarget());
    copy.erase();
  }
}

namespace {
struct VectorizeLinalg : tern::impl::VectorizeLinalgBase<VectorizeLinalg> {
  using VectorizeLinalgBase::VectorizeLinalgBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    tern::Remarks remarks(*this, "vectorized", "scalar loops");
    copiesToLinalg(getOperation());
    if (failed(requireStaticMemory()))
      return signalPassFailure();
    getOperation().walk([&](Block *block) { shareRows(*block, *machine, remarks); });
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) { ops.push_back(op); });
    for (linalg::LinalgOp op : ops)
      vectorize(op, *machine, remarks);
  }

private:
  LogicalResult requireStaticMemory() {
    WalkResult result = getOperation().walk([&](linalg::LinalgOp op) -> WalkResult {
      if (op.hasPureBufferSemantics() && !op.hasDynamicShape())
        return WalkResult::advance();
      return op.emitOpError("must be on memrefs of static shape");
    });
    return failure(result.wasInterrupted());
  }

  void vectorize(linalg::LinalgOp op, const Machine &machine, tern::Remarks &remarks) {
    OpBuilder builder(op);
    Emitter emit(builder, op.getLoc());
    LinalgVectorizer vectorizer(emit, op, machine);
    if (StringRef why = vectorizer.whyNot(); why.empty())
      remarks.passed(op.getLoc(), vectorizer.describe());
    else if (op.getNumLoops() > 0)
      remarks.missed(op.getLoc(), why);
    vectorizer.emitLoops();
    op->erase();
  }

  // Groups grow from each op downwards; a group ends where an op neither joins it nor can stay before it.
  void shareRows(Block &block, const Machine &machine, tern::Remarks &remarks) {
    for (Operation *op = block.empty() ? nullptr : &block.front(); op;) {
      Operation *next = op->getNextNode();
      RowGroup group(machine);
      group.rows = isa<linalg::LinalgOp>(op) ? RowGroup::findRows(op) : 0;
      if (group.rows > 0 && group.take(cast<linalg::LinalgOp>(op))) {
        grow(group, next);
        if (group.isWorthSharing())
          next = emitGroup(group, remarks);
      }
      op = next;
    }
  }

  static void grow(RowGroup &group, Operation *op) {
    for (; op; op = op->getNextNode()) {
      auto candidate = dyn_cast<linalg::LinalgOp>(op);
      if (candidate ? !group.take(candidate) && !group.isIndependent(candidate) : !RowGroup::isPassive(op))
        return;
    }
  }

  // Returns the op to go on with: one that was not taken and comes after the first that was.
  static Operation *emitGroup(RowGroup &group, tern::Remarks &remarks) {
    Operation *before = group.ops().front()->getPrevNode();
    Block *home = group.ops().front()->getBlock();
    for (linalg::LinalgOp op : group.ops())
      remarks.passed(op.getLoc(), "shares a loop over " + Twine(group.rows) + " rows with " +
                                      Twine(group.ops().size() - 1) + " other ops");
    group.emitLoops();
    for (linalg::LinalgOp op : group.ops())
      op->erase();
    return before ? before->getNextNode() : &home->front();
  }
};
} // namespace
