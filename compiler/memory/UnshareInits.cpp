// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every destination gets its own empty tensor or fill.

#include "compiler/memory/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace tern {
#define GEN_PASS_DEF_UNSHAREINITS
#include "compiler/memory/Passes.h.inc"
} // namespace tern

using namespace mlir;

namespace {
struct UnshareInits : tern::impl::UnshareInitsBase<UnshareInits> {
  void runOnOperation() override;
};
} // namespace

/// One copy of the op before every user but the first, and before the first too where it stands in a loop that the op is
/// not in: a loop that starts from the same fill each time would have to copy it. `op` has one result.
static void cloneForUsers(Operation *op) {
  OpResult result = op->getResult(0);
  SmallVector<OpOperand *> uses(llvm::make_pointer_range(result.getUses()));
  bool isKept = false;
  for (OpOperand *use : uses) {
    if (!isKept && use->getOwner()->getBlock() == op->getBlock()) {
      isKept = true;
      continue;
    }
    OpBuilder b(use->getOwner());
    use->set(b.clone(*op)->getResult(0));
  }
}

/// An empty tensor of one use comes from what is written there: the op that reads it as its destination, or what a loop
/// puts into it.
static void comeFromUser(Operation *empty) {
  OpOperand &use = *empty->getResult(0).use_begin();
  Operation *user = use.getOwner();
  if (auto loop = dyn_cast<scf::ForOp>(user))
    if (OpOperand *yielded = loop.getTiedLoopYieldedValue(loop.getTiedLoopRegionIterArg(&use)))
      if (Operation *writer = yielded->get().getDefiningOp())
        user = writer;
  if (!isa<UnknownLoc>(user->getLoc()))
    empty->setLoc(user->getLoc());
}

void UnshareInits::runOnOperation() {
  SmallVector<Operation *> fills, empties;
  getOperation().walk([&](Operation *op) {
    if (isa<linalg::FillOp>(op))
      fills.push_back(op);
  });
  llvm::for_each(fills, cloneForUsers);
  getOperation().walk([&](tensor::EmptyOp op) { empties.push_back(op); }); // those of the cloned fills too
  llvm::for_each(empties, cloneForUsers);
  getOperation().walk([](tensor::EmptyOp op) {
    if (op->hasOneUse())
      comeFromUser(op);
  });
}
