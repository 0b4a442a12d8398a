// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reverse mode over one block.

#include "compiler/grad/Reverse.h"

#include "dialects/tern/GradBuilder.h"

using namespace mlir;

namespace tern {

void Reverse::accumulate(OpBuilder &b, Value value, Value cotangent) {
  if (!activity.isVaried(value))
    return;
  Value &sum = cotangents[value];
  sum = sum ? AddOp::create(b, cotangent.getLoc(), sum, cotangent) : cotangent;
}

void Reverse::replaceValues(ValueRange from, ValueRange to) {
  for (auto [before, after] : llvm::zip(from, to)) {
    activity.replace(before, after);
    if (Value known = cotangents.lookup(before))
      cotangents[after] = known;
  }
}

/// Gradients count elements and cut shapes, so that they are of numbers.
static LogicalResult checkSizes(Operation *op) {
  auto isDynamic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && !tensor.hasStaticShape();
  };
  if (llvm::any_of(op->getOperandTypes(), isDynamic) || llvm::any_of(op->getResultTypes(), isDynamic))
    return op->emitOpError("has a dynamic extent; specialise shapes before differentiation (tern-specialize-shapes)");
  WalkResult result = op->getAttrDictionary().walk([](SizeExpressionAttr) { return WalkResult::interrupt(); });
  if (result.wasInterrupted())
    return op->emitOpError("names a hyperparameter that has no number; bind it before differentiation (tern-bind-hyper)");
  return success();
}

LogicalResult Reverse::runOp(Operation *op, OpBuilder &b) {
  if (auto layers = dyn_cast<LayersOp>(op))
    return reverseLayers(layers, *this, b);
  if (isa<ScanOp, Decomposable>(op))
    return op->emitOpError("is differentiated as what it is made of; run ")
           << (isa<ScanOp>(op) ? "tern-repeat-scan" : "tern-decompose") << " before";
  auto differentiable = dyn_cast<Differentiable>(op);
  if (!differentiable)
    return op->emitOpError("has no gradient, but a trainable parameter reaches the loss through it");
  if (failed(checkSizes(op)))
    return failure();
  SmallVector<Value> flowing(llvm::map_range(op->getResults(), [&](Value result) { return cotangent(result); }));
  SmallVector<bool> wanted(llvm::map_range(op->getOperands(), [&](Value operand) { return activity.isVaried(operand); }));
  GradBuilder g(b, op, flowing, wanted);
  differentiable.buildGradient(g);
  for (auto [operand, contribution] : llvm::zip_equal(op->getOperands(), g.operandCotangents()))
    if (contribution)
      accumulate(b, operand, contribution);
  return success();
}

LogicalResult Reverse::run(Block &block, OpBuilder &b) {
  bool failed = false;
  // The new ops may go to the end of the same block: the list of old ones is taken first.
  SmallVector<Operation *> ops(llvm::make_pointer_range(block.without_terminator()));
  for (Operation *op : llvm::reverse(ops))
    if (llvm::any_of(op->getResults(), [&](Value result) { return static_cast<bool>(cotangent(result)); }))
      failed |= runOp(op, b).failed();
  return failure(failed);
}

} // namespace tern
