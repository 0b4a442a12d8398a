// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every iteration computes of its slice alone is computed of all slices at once, before the loop.
//
//   layers (h = h0) stacked (x = xs) { p = linear x weight w; ... h, p ... }
//     ->  ps = linear xs weight w
//         layers (h = h0) stacked (p = ps) { ... h, p ... }

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_HOISTPROJECTIONS
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct HoistProjections : tern::impl::HoistProjectionsBase<HoistProjections> {
  void runOnOperation() override;
};
} // namespace

/// Products and look-ups treat every leading dimension alike: one more makes no difference to them.
static LogicalResult canHoist(Operation &op, LayersOp layers, Remarks &remarks) {
  if (!isa<LinearOp, EmbeddingOp>(op) || !sliceNumber(layers, op.getOperand(0)))
    return failure();
  auto declares = dyn_cast<Parametric>(op); // under a name that has the number of the layer in it
  bool isOwn = (declares && declares.isModuleForm()) || llvm::any_of(op.getOperands().drop_front(), [&](Value parameter) {
                 return layers.getBody().isAncestor(parameter.getParentRegion());
               });
  if (!isOwn)
    return success();
  remarks.missed(op.getLoc(), "every iteration has its own parameters");
  return failure();
}

static void hoist(Operation &op, LayersOp layers) {
  OpBuilder b(layers);
  Operation *whole = b.clone(op);
  whole->setOperand(0, layers.getStacked()[*sliceNumber(layers, op.getOperand(0))]);
  whole->getResult(0).setType(layers.getStackType(op.getResult(0).getType()));
  layers.getStackedMutable().append(whole->getResult(0));
  op.getResult(0).replaceAllUsesWith(layers.getBody().addArgument(op.getResult(0).getType(), op.getLoc()));
  op.erase();
}

static void dropUnusedSlices(LayersOp layers) {
  unsigned first = 1 + layers.getInits().size();
  for (unsigned number = layers.getStacked().size(); number-- > 0;) {
    if (!layers.getSliceArguments()[number].use_empty())
      continue;
    layers.getBody().eraseArgument(first + number);
    layers.getStackedMutable().erase(number);
  }
}

void HoistProjections::runOnOperation() {
  Remarks remarks(*this, "hoisted", "not hoisted");
  SmallVector<LayersOp> loops; // inner ones first: what leaves them may leave the outer ones too
  getOperation().walk([&](LayersOp layers) { loops.push_back(layers); });
  for (LayersOp layers : loops) {
    bool isChanged = false;
    for (Operation &op : llvm::make_early_inc_range(layers.getBody().front())) {
      if (failed(canHoist(op, layers, remarks)))
        continue;
      remarks.passed(op.getLoc(), "one product for all " + Twine(layers.getTripCount()) + " iterations");
      hoist(op, layers);
      isChanged = true;
    }
    if (isChanged)
      dropUnusedSlices(layers);
  }
}
