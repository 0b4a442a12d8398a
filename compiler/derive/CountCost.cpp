// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic and the least traffic of one call of an entry, for the benchmark and for people.

#include "compiler/derive/Passes.h"
#include "dialects/tern/Shapes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_COUNTCOST
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct CountCost : tern::impl::CountCostBase<CountCost> {
  void runOnOperation() override;
};
} // namespace

/// How often an op runs in one call.
static uint64_t repeatsOf(Operation *op) {
  uint64_t repeats = 1;
  for (auto layers = op->getParentOfType<LayersOp>(); layers; layers = layers->getParentOfType<LayersOp>())
    repeats *= std::max<int64_t>(1, layers.getTripCount());
  return repeats;
}

static uint64_t elementsOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() ? tensor.getNumElements() : 0;
}

/// Views and constants cost nothing; what is not Costed does one operation per floating-point element that it makes.
static uint64_t flopsOf(Operation *op) {
  if (auto costed = dyn_cast<Costed>(op))
    return costed.getFlops();
  if (!isa<Differentiable>(op) || isa<LayersOp, ReshapeOp, TransposeOp, SplitOp, ConcatOp, SliceOp, BroadcastOp, EmbeddingOp>(op))
    return 0;
  uint64_t flops = 0;
  for (Type type : op->getResultTypes())
    if (isa<FloatType>(getElementTypeOrSelf(type)))
      flops += elementsOf(type);
  return flops;
}

static uint64_t bytesOf(TypeRange types) {
  uint64_t bytes = 0;
  for (Type type : types)
    bytes += elementsOf(type) * ((getElementTypeOrSelf(type).getIntOrFloatBitWidth() + 7) / 8);
  return bytes;
}

void CountCost::runOnOperation() {
  func::FuncOp function = getOperation();
  uint64_t flops = 0;
  function.walk([&](Operation *op) { flops += flopsOf(op) * repeatsOf(op); });
  SmallVector<Type> touched; // an argument that nothing reads is no traffic
  for (BlockArgument argument : function.getArguments())
    if (!argument.use_empty())
      touched.push_back(argument.getType());
  Builder b(&getContext());
  function->setAttr("tern.flops", b.getI64IntegerAttr(flops));
  function->setAttr("tern.bytes", b.getI64IntegerAttr(bytesOf(touched) + bytesOf(function.getResultTypes())));
}
