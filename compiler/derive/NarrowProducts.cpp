// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mixed precision: what is multiplied and what is kept for later is rounded to bf16.
//
//   y = linear x w                      ->  y = linear truncf(x) truncf(w)                           all f32 outside
//   s = layers { ...; yield .., v }     ->  s = layers { ...; yield .., truncf(v) }                  (L, B, T, C) of bf16
//   layers stacked (r = s) { f(r) }     ->  layers stacked (r = s) { f(extf(r)) }

#include "compiler/derive/Passes.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_NARROWPRODUCTS
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct NarrowProducts : tern::impl::NarrowProductsBase<NarrowProducts> {
  void runOnOperation() override;
};
} // namespace

static RankedTensorType narrowed(Type type) { return withElement(type, BFloat16Type::get(type.getContext())); }

static void roundFactors(Narrowable op) {
  OpBuilder b(op);
  for (OpOperand *factor : op.getFactors())
    if (Value value = factor->get(); elementOf(value.getType()).isF32())
      factor->set(arith::TruncFOp::create(b, value.getLoc(), narrowed(value.getType()), value));
}

/// Layers that read a stacked value of others: its number among their stacked operands.
static std::optional<unsigned> stackedNumber(OpOperand &use) {
  auto layers = dyn_cast<LayersOp>(use.getOwner());
  if (!layers)
    return std::nullopt;
  unsigned first = layers.getStacked().getBeginOperandIndex(), number = use.getOperandNumber();
  return number < first ? std::nullopt : std::optional<unsigned>(number - first);
}

/// Kept for other layers only, and no statistics of rows.
static bool isKeptActivation(Value stacked) {
  ArrayRef<int64_t> shape = shapeOf(stacked.getType());
  return elementOf(stacked.getType()).isF32() && shape.size() >= 4 && shape.back() > 1 && !stacked.use_empty() &&
         llvm::all_of(stacked.getUses(), [](OpOperand &use) { return stackedNumber(use).has_value(); });
}

/// The reader sees f32 again.
static void widenSlice(LayersOp reader, unsigned number) {
  BlockArgument slice = reader.getSliceArguments()[number];
  Type wide = slice.getType();
  slice.setType(narrowed(wide));
  OpBuilder b = OpBuilder::atBlockBegin(slice.getOwner());
  Value widened = arith::ExtFOp::create(b, slice.getLoc(), wide, slice);
  slice.replaceAllUsesExcept(widened, widened.getDefiningOp());
}

static void narrowKept(LayersOp layers) {
  Operation *yield = layers.getYield();
  OpBuilder b(yield);
  for (auto [number, stacked] : llvm::enumerate(layers.getStackedResults())) {
    if (!isKeptActivation(stacked))
      continue;
    OpOperand &slice = yield->getOpOperand(layers.getInits().size() + number);
    slice.set(arith::TruncFOp::create(b, slice.get().getLoc(), narrowed(slice.get().getType()), slice.get()));
    stacked.setType(narrowed(stacked.getType()));
    for (OpOperand &use : stacked.getUses())
      widenSlice(cast<LayersOp>(use.getOwner()), *stackedNumber(use));
  }
}

void NarrowProducts::runOnOperation() {
  getOperation().walk(roundFactors);
  getOperation().walk(narrowKept);
}
