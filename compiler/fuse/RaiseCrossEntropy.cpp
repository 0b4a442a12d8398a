// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pass around RaiseCrossEntropy.pdll, which holds the patterns, and the constraints that they name.

#include "compiler/fuse/FuseUtils.h"
#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "dialects/tern/Shapes.h"

#include "mlir/Dialect/PDL/IR/PDL.h"
#include "mlir/Dialect/PDLInterp/IR/PDLInterp.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_RAISECROSSENTROPY
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

#include "compiler/fuse/RaiseCrossEntropy.pdll.inc"

static LogicalResult isReadOnce(PatternRewriter &rewriter, Operation *loss, Value value) {
  if (value.hasOneUse())
    return success();
  return rewriter.notifyMatchFailure(loss, "somebody else reads the softmax");
}

static LogicalResult isOverClasses(PatternRewriter &rewriter, Operation *loss, Operation *softmax) {
  auto op = cast<LogSoftmaxOp>(softmax);
  if (op.getAxis() == static_cast<int64_t>(shapeOf(op.getType()).size()) - 1)
    return success();
  return rewriter.notifyMatchFailure(loss, "does not read a log_softmax over the last dimension");
}

/// x and W (V, C) of a linear or matmul op that is x W^T, or nulls.
static std::pair<Value, Value> matchProduct(Operation *op) {
  if (auto linear = dyn_cast<LinearOp>(op)) {
    bool plain = linear.getWeight() && !linear.getBias() && linear.getLayout() == WeightLayout::out_in;
    return plain ? std::pair(linear.getInput(), linear.getWeight()) : std::pair(Value(), Value());
  }
  auto product = cast<MatmulOp>(op);
  bool plain =
      product.getTransposeB() && !product.getTransposeA() && shapeOf(product.getRhs().getType()).size() == 2;
  return plain ? std::pair(product.getLhs(), product.getRhs()) : std::pair(Value(), Value());
}

static LogicalResult isProduct(PatternRewriter &rewriter, PDLResultList &results, ArrayRef<PDLValue> values) {
  auto *loss = values[0].cast<Operation *>();
  auto logits = values[1].cast<Value>();
  Operation *product = logits.getDefiningOp();
  if (isa_and_present<ReshapeOp>(product))
    return failure(); // RaiseFlattenedLinear looks behind it
  if (!isa_and_nonnull<LinearOp, MatmulOp>(product))
    return failure();
  auto [x, weight] = matchProduct(product);
  if (!x)
    return rewriter.notifyMatchFailure(loss, "the logits are not x W^T with W stored (V, C)");
  if (!logits.hasOneUse())
    return rewriter.notifyMatchFailure(loss, "somebody else reads the logits");
  results.push_back(x);
  results.push_back(weight);
  return success();
}

static LogicalResult keepsClasses(PatternRewriter &rewriter, Operation *loss, Operation *flattened, Value targets) {
  auto op = cast<ReshapeOp>(flattened);
  if (shapeOf(op.getInput().getType()).back() != shapeOf(op.getType()).back())
    return rewriter.notifyMatchFailure(loss, "the reshape before it changes the classes");
  if (!op->hasOneUse())
    return rewriter.notifyMatchFailure(loss, "somebody else reads the logits");
  if (ShapedType::isDynamicShape(shapeOf(targets.getType())) || ShapedType::isDynamic(shapeOf(op.getType()).back()))
    return rewriter.notifyMatchFailure(loss, "the flattened shape is dynamic");
  return success();
}

static Value flattenLike(PatternRewriter &rewriter, Value x, Value targets) {
  SmallVector<int64_t> shape(shapeOf(targets.getType()));
  shape.push_back(shapeOf(x.getType()).back());
  return ReshapeOp::create(rewriter, x.getLoc(), x, shape);
}

static void alsoComesFrom(PatternRewriter &rewriter, Operation *made, Value value) {
  Location both = rewriter.getFusedLoc({value.getLoc(), made->getLoc()});
  rewriter.modifyOpInPlace(made, [&] { made->setLoc(both); });
}

namespace {

struct RaiseCrossEntropy : tern::impl::RaiseCrossEntropyBase<RaiseCrossEntropy> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateGeneratedPDLLPatterns(set);
    PDLPatternModule &pdl = set.getPDLPatterns();
    pdl.registerConstraintFunction("IsReadOnce", isReadOnce);
    pdl.registerConstraintFunction("IsOverClasses", isOverClasses);
    pdl.registerConstraintFunction("IsProduct", isProduct);
    pdl.registerConstraintFunction("KeepsClasses", keepsClasses);
    pdl.registerRewriteFunction("FlattenLike", flattenLike);
    pdl.registerRewriteFunction("AlsoComesFrom", alsoComesFrom);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    Remarks remarks(*this, "raised", "not raised");
    if (failed(applyPatternsGreedily(getOperation(), patterns, GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};

} // namespace
