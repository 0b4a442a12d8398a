// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops are asked in the order of the program. What a repeat over layers carries is followed until it does not change any more.

#include "compiler/derive/SequenceAnalysis.h"

#include "dialects/tern/Shapes.h"

using namespace mlir;
using namespace tern;

/// Upstream's ops on the elements of tensors.
static bool isElementwise(Operation *op) { return OpTrait::hasElementwiseMappableTraits(op); }

bool tern::isAlongSequence(Operation *op, const SequenceDims &dims) {
  return llvm::any_of(op->getOperands(), [&](Value operand) { return dims.of(operand).has_value(); });
}

bool tern::isPositionwise(Operation *op) {
  if (auto sequential = dyn_cast<Sequential>(op))
    return sequential.isPositionwise();
  return isElementwise(op);
}

static LogicalResult followBlock(Block &block, SequenceDims &dims);

/// Carried values and slices as the body sees them. A stack of positions would be taken apart.
static LogicalResult enterLayers(LayersOp op, SequenceDims &dims) {
  for (auto [argument, init] : llvm::zip_equal(op.getCarriedArguments(), op.getInits()))
    dims.set(argument, dims.of(init));
  for (auto [argument, stacked] : llvm::zip_equal(op.getSliceArguments(), op.getStacked())) {
    std::optional<int64_t> dim = dims.of(stacked);
    if (dim == 0)
      return op.emitOpError("takes a position of the sequence as a layer; decode needs layers that work on all positions");
    dims.set(argument, dim ? std::optional(*dim - 1) : dim);
  }
  return success();
}

/// What a layer makes of the carried values is what the next one gets. True when nothing changed.
static FailureOr<bool> settleCarried(LayersOp op, SequenceDims &dims) {
  bool isSettled = true;
  for (auto [argument, next] : llvm::zip(op.getCarriedArguments(), op.getYield()->getOperands())) {
    std::optional<int64_t> before = dims.of(argument), after = dims.of(next);
    if (before == after)
      continue;
    if (before)
      return op.getYield()->emitOpError("gives the next layer a value that does not run along the sequence as the one before it");
    dims.set(argument, after);
    isSettled = false;
  }
  return isSettled;
}

static LogicalResult followLayers(LayersOp op, SequenceDims &dims) {
  if (failed(enterLayers(op, dims)))
    return failure();
  FailureOr<bool> isSettled = false;
  while (!*isSettled) {
    if (failed(followBlock(op.getBody().front(), dims)) || failed(isSettled = settleCarried(op, dims)))
      return failure();
  }
  ValueRange yielded = op.getYield()->getOperands();
  size_t carried = op.getInits().size();
  for (auto [number, result] : llvm::enumerate(op.getResults())) {
    std::optional<int64_t> dim = dims.of(yielded[number]);
    dims.set(result, dim && number >= carried ? std::optional(*dim + 1) : dim);
  }
  return success();
}

static LogicalResult follow(Operation *op, SequenceDims &dims) {
  if (auto layers = dyn_cast<LayersOp>(op))
    return followLayers(layers, dims);
  if (op->hasTrait<OpTrait::IsTerminator>() || !isAlongSequence(op, dims))
    return success();
  auto sequential = dyn_cast<Sequential>(op);
  if (!sequential && !isElementwise(op))
    return op->emitOpError("does not say how it depends on the sequence (interface Sequential), which decode needs; "
                           "--prefill=0 leaves decode out");
  if (succeeded(sequential ? sequential.followSequence(dims) : dims.followElementwise(op)))
    return success();
  return op->emitOpError("looks at the whole sequence; decode needs a causal model, where no position depends on later ones; "
                         "--prefill=0 leaves decode out");
}

static LogicalResult followBlock(Block &block, SequenceDims &dims) {
  for (Operation &op : block)
    if (failed(follow(&op, dims)))
      return failure();
  return success();
}

/// The number of the dimension named "seq" of an argument, or nothing.
static std::optional<int64_t> sequenceDimOf(func::FuncOp function, unsigned index) {
  auto names = function.getArgAttrOfType<ArrayAttr>(index, "tern.dims");
  if (!names)
    return std::nullopt;
  for (auto [dim, name] : llvm::enumerate(names.getAsValueRange<StringAttr>()))
    if (name == "seq")
      return dim;
  return std::nullopt;
}

FailureOr<SequenceDims> tern::followSequence(func::FuncOp function) {
  std::optional<SequenceDims> dims;
  for (BlockArgument argument : function.getArguments()) {
    std::optional<int64_t> dim = sequenceDimOf(function, argument.getArgNumber());
    if (!dim)
      continue;
    if (!dims)
      dims.emplace(shapeOf(argument.getType())[*dim]);
    dims->set(argument, dim);
  }
  if (!dims)
    return function.emitOpError("has no argument with a dimension \"seq\" (tern.dims), which decode needs");
  if (failed(followBlock(function.getBody().front(), *dims)))
    return failure();
  return *dims;
}
