// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Running averages are moved by the program that trains: their new values are results of it.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Passes.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_TRACKAVERAGES
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct TrackAverages : tern::impl::TrackAveragesBase<TrackAverages> {
  void runOnOperation() override;
};
} // namespace

/// Outside of loops an average moves once. In a loop every iteration needs one of its own, a slice of what the loop stacks.
static bool movesOnce(Operation *op, Value average) {
  auto loop = op->getParentOfType<Iterative>();
  if (!loop)
    return true;
  auto layers = dyn_cast<LayersOp>(op->getParentOp());
  return layers && !layers->getParentOfType<Iterative>() && sliceNumber(layers, average);
}

/// A value and its new value as the function sees them: of a layer, the stacked operand and a stacked result of the repeat.
static std::pair<Value, Value> outOfLayers(Value before, Value after) {
  auto layers = after.getDefiningOp()->getParentOfType<LayersOp>();
  if (!layers)
    return {before, after};
  Value stacked = layers.getStacked()[*sliceNumber(layers, before)];
  return {stacked, layers.alsoStack(after).getResults().back()};
}

/// Returns the new value from the function as an update of the parameter that holds the old one.
static LogicalResult returnAverage(func::FuncOp function, Value before, Value after, llvm::StringSet<> &moved) {
  Operation *op = after.getDefiningOp();
  if (!movesOnce(op, before))
    return op->emitOpError("moves running averages that several iterations share; declare them in one tern.layers around the "
                           "op, which gives each layer its own, or move the op out of the loop");
  auto [held, result] = outOfLayers(before, after);
  auto argument = dyn_cast<BlockArgument>(held);
  bool isEntry = argument && argument.getOwner() == &function.getBody().front();
  auto row = isEntry ? function.getArgAttrOfType<ParameterAttr>(argument.getArgNumber(), "tern.parameter") : ParameterAttr();
  if (!row)
    return op->emitOpError("moves running averages that are no parameters of @")
           << function.getName() << "; declare them with tern.param and `frozen`, or name the op";
  if (!moved.insert(row.getName()).second)
    return op->emitOpError("moves '") << row.getName().getValue() << "', which another op moves too; give each its own";
  appendResult(function, result, "tern.updates", variableName("parameter", row));
  return success();
}

static LogicalResult trackAverages(func::FuncOp function) {
  SmallVector<Averaging> ops;
  function.walk([&](Averaging op) {
    if (op.getAverages().empty()) // else it moves them already
      ops.push_back(op);
  });
  llvm::StringSet<> moved;
  for (Averaging op : ops) {
    OpBuilder b(op);
    for (auto [before, after] : cast<Averaging>(op.makeTraining(b)).getAverages())
      if (failed(returnAverage(function, before, after, moved)))
        return failure();
  }
  return success();
}

void TrackAverages::runOnOperation() {
  for (auto function : getOperation().getOps<func::FuncOp>())
    if (function->hasAttr("tern.differentiate") && failed(trackAverages(function)))
      return signalPassFailure();
}
