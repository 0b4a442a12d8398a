// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise linalg ops on tensors become one op with one sweep over memory.

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;

// Cheaper to do again than to store and load: a few additions, multiplications and selections, or widening, which loads less.
static bool isCheap(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic)
    return isa<linalg::FillOp>(op);
  constexpr unsigned most = 3;
  unsigned count = 0;
  for (Operation &inner : generic.getBody()->without_terminator()) {
    if (!isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp, arith::SelectOp, arith::CmpFOp, arith::ExtFOp,
             arith::ConstantOp>(inner))
      return false;
    count += !isa<arith::ConstantOp>(inner);
  }
  return count <= most;
}

static bool hasOneUser(Operation *op) {
  SmallPtrSet<Operation *, 4> users(op->user_begin(), op->user_end());
  return users.size() == 1;
}

/// Whether an op computes a new value from the old one in its place: done again in a reader, it would not be the same,
/// and a reader that visits a place several times would change it several times.
static bool updatesInPlace(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && llvm::any_of(generic.getDpsInitsMutable(),
                                 [&](OpOperand &init) { return generic.payloadUsesValueFromOperand(&init); });
}

// Whether an op is the only reader of a product or of a costly op: it is then done where that is made, without storing more,
// and its own readers load one tensor.
//
//   p = contract; y = p + x; a = f y; b = g y     ->     y = contract { p + x }; a = f y; b = g y
//                                                 not    p = contract; a = f (p + x); b = g (p + x)
static bool isDoneBefore(linalg::GenericOp op) {
  if (op.getNumReductionLoops() != 0)
    return false;
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    Operation *producer = input->get().getDefiningOp();
    if (producer && isa<tensor::ExpandShapeOp>(producer) && producer->hasOneUse())
      producer = producer->getOperand(0).getDefiningOp();
    if (!producer || producer->getBlock() != op->getBlock() || !op.getMatchingIndexingMap(input).isIdentity() ||
        !hasOneUser(producer))
      return false;
    if (auto contract = dyn_cast<tern::kernel::ContractOp>(producer))
      return contract.getInit() == tern::kernel::InitKind::Zero;
    auto generic = dyn_cast<linalg::GenericOp>(producer);
    return generic && generic.getNumReductionLoops() == 0 && (!isCheap(generic) || isDoneBefore(generic));
  });
}

namespace {
/// Upstream's patterns say of every op that they are not about it; what matters is said when they ask.
struct OwnRemarks : tern::Remarks {
  using Remarks::Remarks;
  void notifyMatchFailure(Location, function_ref<void(Diagnostic &)>) override {}
};

struct FuseElementwise : tern::impl::FuseElementwiseBase<FuseElementwise> {
  void runOnOperation() override {
    OwnRemarks remarks(*this, "fused", "not fused");
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, [&](OpOperand *operand) { return mayFuse(*operand, remarks); });
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }

private:
  static bool mayFuse(OpOperand &operand, tern::Remarks &remarks) {
    Operation *producer = operand.get().getDefiningOp(), *consumer = operand.getOwner();
    if (!producer)
      return false;
    if (producer->getBlock() != consumer->getBlock()) {
      remarks.missed(producer->getLoc(), "its reader " + tern::nameOfPlace(consumer->getLoc()) +
                                             " is in another block, where the work would be done in every iteration");
      return false;
    }
    if (updatesInPlace(producer)) {
      remarks.missed(producer->getLoc(), "it updates what it reads");
      return false;
    }
    auto generic = dyn_cast<linalg::GenericOp>(producer);
    bool isBefore = generic && isDoneBefore(generic), fuses = hasOneUser(producer) || (isCheap(producer) && !isBefore);
    bool isOneOp = tern::placeOf(producer->getLoc()) == tern::placeOf(consumer->getLoc()); // of the model, lowered to two
    if (fuses && !isOneOp)
      remarks.passed(producer->getLoc(), "into its reader " + tern::nameOfPlace(consumer->getLoc()));
    else if (isBefore)
      remarks.missed(producer->getLoc(), "several ops read it, and it is done where its operand is made");
    else if (!fuses)
      remarks.missed(producer->getLoc(), "several ops read it, and it is too costly to be done in each");
    return fuses;
  }
};
} // namespace
