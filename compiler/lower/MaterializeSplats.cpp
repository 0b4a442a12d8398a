// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant tensors of one value become fills.

#include "compiler/lower/LowerUtils.h"
#include "compiler/lower/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {
#define GEN_PASS_DEF_MATERIALIZESPLATS
#include "compiler/lower/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::lower;

namespace {
struct MaterializeSplats : tern::impl::MaterializeSplatsBase<MaterializeSplats> {
  void runOnOperation() override;
};
} // namespace

/// Fills right before every user: one shared buffer would stay alive between them. A constant has no place in the model any
/// more, for folding merged several; its user has.
static void materialize(arith::ConstantOp op, SplatElementsAttr splat) {
  auto type = cast<RankedTensorType>(op.getType());
  for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
    ImplicitLocOpBuilder b(use.getOwner()->getLoc(), use.getOwner());
    Value number = arith::ConstantOp::create(b, splat.getSplatValue<TypedAttr>());
    Value empty = emptyTensor(b, type.getShape(), type.getElementType());
    use.set(linalg::FillOp::create(b, number, empty).getResult(0));
  }
  op.erase();
}

void MaterializeSplats::runOnOperation() {
  SmallVector<arith::ConstantOp> splats;
  getOperation().walk([&](arith::ConstantOp op) {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (type && type.getNumElements() > 1 && isa<SplatElementsAttr>(op.getValue()))
      splats.push_back(op);
  });
  for (arith::ConstantOp op : splats)
    materialize(op, cast<SplatElementsAttr>(op.getValue()));
}
