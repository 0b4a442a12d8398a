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

/// Results of another type than before are f32 again for those who read them.
static LogicalResult widenResults(Operation *op) {
  SmallVector<Type> types;
  auto infers = cast<InferTypeOpInterface>(op);
  if (failed(infers.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(), op->getAttrDictionary(),
                                     op->getPropertiesStorage(), op->getRegions(), types)))
    return failure();
  OpBuilder b(op->getContext());
  b.setInsertionPointAfter(op);
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types)) {
    Type wide = result.getType();
    if (wide == type)
      continue;
    result.setType(type);
    auto widened = arith::ExtFOp::create(b, op->getLoc(), wide, result);
    result.replaceAllUsesExcept(widened, widened);
  }
  return success();
}

static LogicalResult roundFactors(Narrowable op) {
  OpBuilder b(op);
  bool isNarrow = false;
  for (OpOperand *factor : op.getFactors()) {
    Value value = factor->get();
    if (!elementOf(value.getType()).isF32())
      continue;
    factor->set(arith::TruncFOp::create(b, value.getLoc(), narrowed(value.getType()), value));
    isNarrow = true;
  }
  return isNarrow ? widenResults(op) : success();
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

namespace {
/// concat(extf(a), extf(b)) -> extf(concat(a, b)), and so for all that only moves elements: so that it moves half the bytes,
/// and the roundings that follow find what they would make.
struct SinkWidening : OpTraitRewritePattern<Rearranging> {
  using OpTraitRewritePattern::OpTraitRewritePattern;

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    SmallVector<Value> narrow;
    for (Value operand : op->getOperands()) {
      auto widening = operand.getDefiningOp<arith::ExtFOp>();
      if (!widening)
        return failure();
      narrow.push_back(widening.getIn());
    }
    Type element = narrow.empty() ? Type() : elementOf(narrow[0].getType());
    if (!llvm::all_of(narrow, [&](Value value) { return elementOf(value.getType()) == element; }) || !element)
      return failure();
    Operation *moved = rewriter.clone(*op);
    moved->setOperands(narrow);
    SmallVector<Value> widened;
    for (auto [before, after] : llvm::zip_equal(op->getResults(), moved->getResults())) {
      after.setType(withElement(after.getType(), element));
      widened.push_back(arith::ExtFOp::create(rewriter, op->getLoc(), before.getType(), after));
    }
    rewriter.replaceOp(op, widened);
    return success();
  }
};

/// truncf(reshape(x)) -> reshape(truncf(x)): where somebody rounds x already it is then one rounding, and where nobody else
/// reads x it is never stored in f32.
struct RoundOnce : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    Operation *move = op.getIn().getDefiningOp();
    if (!move || !move->hasTrait<Rearranging>() || move->getNumOperands() != 1 || move->getNumResults() != 1)
      return failure();
    Type element = elementOf(op.getType());
    Value source = move->getOperand(0);
    bool isRounded = llvm::any_of(source.getUsers(), [&](Operation *user) {
      return isa<arith::TruncFOp>(user) && elementOf(user->getResult(0).getType()) == element;
    });
    bool isReadAlone = source.getDefiningOp() && source.hasOneUse() && move->getResult(0).hasOneUse() &&
                       elementCount(source.getType()) == elementCount(op.getType());
    if (!isRounded && !isReadAlone)
      return failure();
    rewriter.setInsertionPointAfter(move);
    Operation *moved = rewriter.clone(*move);
    Value rounded = arith::TruncFOp::create(rewriter, op.getLoc(), withElement(source.getType(), element), source);
    rewriter.moveOpBefore(rounded.getDefiningOp(), moved);
    moved->setOperand(0, rounded);
    moved->getResult(0).setType(withElement(moved->getResult(0).getType(), element));
    rewriter.replaceOp(op, moved->getResults());
    return success();
  }
};
} // namespace

void NarrowProducts::runOnOperation() {
  WalkResult result = getOperation().walk(
      [](Narrowable op) { return failed(roundFactors(op)) ? WalkResult::interrupt() : WalkResult::advance(); });
  if (result.wasInterrupted())
    return signalPassFailure();
  getOperation().walk(narrowKept);
  RewritePatternSet patterns(&getContext());
  patterns.add<SinkWidening, RoundOnce>(&getContext());
  if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
    signalPassFailure();
}
