// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise linalg ops on tensors become one op with one sweep over memory.

#include "compiler/fuse/Passes.h"

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

// Cheaper to do again than to store and load: a few additions, multiplications and selections.
static bool isCheap(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic)
    return isa<linalg::FillOp>(op);
  constexpr unsigned most = 3;
  unsigned count = 0;
  for (Operation &inner : generic.getBody()->without_terminator()) {
    if (!isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp, arith::SelectOp, arith::CmpFOp, arith::ConstantOp>(inner))
      return false;
    count += !isa<arith::ConstantOp>(inner);
  }
  return count <= most;
}

static bool hasOneUser(Operation *op) {
  SmallPtrSet<Operation *, 4> users(op->user_begin(), op->user_end());
  return users.size() == 1;
}

// In one block: fusing into a loop would do the work in each iteration.
static bool mayFuse(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp();
  if (!producer || producer->getBlock() != operand->getOwner()->getBlock())
    return false;
  return hasOneUser(producer) || isCheap(producer);
}

namespace {
struct FuseElementwise : tern::impl::FuseElementwiseBase<FuseElementwise> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, mayFuse);
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
