// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A miscompile: operands in the wrong order, in one layer of a loop that is written once.

#include "test/plugins/PlantedPasses.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace tern::test {
#define GEN_PASS_DEF_PLANTSWAP
#include "test/plugins/PlantedPasses.h.inc"
} // namespace tern::test

using namespace mlir;

namespace {
struct PlantSwap : tern::test::impl::PlantSwapBase<PlantSwap> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      bool isMeant = op->getName().getStringRef() == on && op->getNumOperands() >= 2;
      if (isMeant && op->getOperand(0).getType() == op->getOperand(1).getType())
        ops.push_back(op);
    });
    for (Operation *op : ops)
      swap(op);
  }

private:
  void swap(Operation *op) {
    Value first = op->getOperand(0), second = op->getOperand(1);
    if (layer < 0) {
      op->setOperand(0, second);
      op->setOperand(1, first);
      return;
    }
    auto loop = op->getParentOfType<scf::ForOp>();
    if (!loop)
      return;
    OpBuilder b(op);
    Value number = arith::ConstantIndexOp::create(b, op->getLoc(), layer);
    Value is = arith::CmpIOp::create(b, op->getLoc(), arith::CmpIPredicate::eq, loop.getInductionVar(), number);
    op->setOperand(0, arith::SelectOp::create(b, op->getLoc(), is, second, first));
    op->setOperand(1, arith::SelectOp::create(b, op->getLoc(), is, first, second));
  }
};
} // namespace
