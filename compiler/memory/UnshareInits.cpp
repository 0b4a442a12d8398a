// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every destination gets its own empty tensor or fill.

#include "compiler/memory/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
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

/// One copy of the op before every user but the first; `op` has one result.
static void cloneForUsers(Operation *op) {
  OpResult result = op->getResult(0);
  SmallVector<OpOperand *> uses(llvm::make_pointer_range(result.getUses()));
  for (OpOperand *use : llvm::drop_begin(uses, uses.empty() ? 0 : 1)) {
    OpBuilder b(use->getOwner());
    use->set(b.clone(*op)->getResult(0));
  }
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
}
