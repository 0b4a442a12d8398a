// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The gradient of a repeat over layers is a repeat in the other direction.
//
//   forward:  (h, ys) = layers (h = h0) stacked (x = xs)       { ...; yield h', y }
//   backward: (dh0, dc, dxs) = layers reverse (dh = dh_L, dc = 0) stacked (dy = dys, x = xs, r = rs) { ...; yield dh', dc', dx }
//
// c are values from outside that the layer uses (shared parameters); their cotangents are summed over the layers.
// r are the forward values that the gradient needs ("residuals"): stashed by the forward repeat, or recomputed: with
// remat = layer all from the layer's input, with remat = selective what is cheap from what is stashed.

#include "compiler/grad/Reverse.h"

#include "compiler/support/Cost.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace tern {

namespace {

/// Builds the backward repeat of one forward repeat.
class LayersReverser {
public:
  LayersReverser(LayersOp forward, Reverse &outer, OpBuilder &b) : forward(forward), outer(outer), b(b) {}
  LogicalResult run();

private:
  void collectActive();
  void createBackward();
  LogicalResult buildBody();
  void recomputeForward(Block &body);
  void stashResiduals(Block &body);
  Value residual(Value value, Block &body);
  Value stash(Value value);
  void addStacked(Value operand);
  void finish();

  LayersOp forward, backward;
  Reverse &outer;
  OpBuilder &b;
  SmallVector<unsigned> carried;  // active carried values, by number
  SmallVector<unsigned> slices;   // active stacked operands, by number
  SmallVector<unsigned> outputs;  // stacked results with a cotangent, by number
  SmallVector<Value> captured;    // active values from outside
};

} // namespace

static Value zeros(OpBuilder &b, Location loc, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return arith::ConstantOp::create(b, loc, cast<TypedAttr>(b.getZeroAttr(tensor)));
}

void LayersReverser::collectActive() {
  Activity &activity = outer.getActivity();
  for (auto [number, argument] : llvm::enumerate(forward.getCarriedArguments()))
    if (activity.isVaried(argument))
      carried.push_back(number);
  for (auto [number, argument] : llvm::enumerate(forward.getSliceArguments()))
    if (activity.isVaried(argument))
      slices.push_back(number);
  for (auto [number, result] : llvm::enumerate(forward.getStackedResults()))
    if (outer.cotangent(result))
      outputs.push_back(number);
  llvm::SetVector<Value> outside;
  getUsedValuesDefinedAbove(forward.getBody(), outside);
  for (Value value : outside)
    if (activity.isVaried(value))
      captured.push_back(value);
}

void LayersReverser::createBackward() {
  Location loc = forward.getLoc();
  SmallVector<Value> inits, stacked;
  SmallVector<Type> results;
  for (unsigned number : carried) {
    Value cotangent = outer.cotangent(forward.getResult(number));
    inits.push_back(cotangent ? cotangent : zeros(b, loc, forward.getResult(number).getType()));
  }
  for (Value value : captured)
    inits.push_back(zeros(b, loc, value.getType()));
  for (unsigned number : outputs)
    stacked.push_back(outer.cotangent(forward.getStackedResults()[number]));
  for (unsigned number : slices)
    results.push_back(forward.getStacked()[number].getType());
  backward = LayersOp::create(b, loc, forward.getCount(), StringAttr(), /*reverse=*/!forward.getReverse(), inits, stacked,
                              results);
}

LogicalResult LayersReverser::buildBody() {
  Block &body = backward.getBody().front();
  OpBuilder inner = OpBuilder::atBlockEnd(&body);
  Reverse reverse(outer.getActivity(), outer.getRemat(), outer.getRemarks());
  ValueRange yielded = forward.getYield()->getOperands();
  ArrayRef<BlockArgument> cotangents = backward.getCarriedArguments(), given = backward.getSliceArguments();
  for (auto [position, number] : llvm::enumerate(carried))
    reverse.accumulate(inner, yielded[number], cotangents[position]);
  for (auto [position, number] : llvm::enumerate(outputs))
    reverse.accumulate(inner, yielded[forward.getInits().size() + number], given[position]);
  if (failed(reverse.run(forward.getBody().front(), inner)))
    return failure();

  Location loc = forward.getLoc();
  auto orZeros = [&](Value value) {
    Value cotangent = reverse.cotangent(value);
    return cotangent ? cotangent : zeros(inner, loc, value.getType());
  };
  SmallVector<Value> results;
  for (unsigned number : carried)
    results.push_back(orZeros(forward.getCarriedArguments()[number]));
  for (auto [position, value] : llvm::enumerate(captured)) {
    Value before = cotangents[carried.size() + position], here = reverse.cotangent(value);
    results.push_back(here ? AddOp::create(inner, loc, before, here).getResult() : before);
  }
  for (unsigned number : slices)
    results.push_back(orZeros(forward.getSliceArguments()[number]));
  YieldOp::create(inner, loc, results);
  return success();
}

/// Puts a copy of the forward layer before the gradient and lets the gradient use it.
void LayersReverser::recomputeForward(Block &body) {
  OpBuilder inner = OpBuilder::atBlockBegin(&body);
  IRMapping copies;
  llvm::DenseSet<Operation *> copied;
  for (Operation &op : forward.getBody().front().without_terminator())
    copied.insert(inner.clone(op, copies));
  outer.getRemarks().analysis(forward.getLoc(), "recomputed", Twine(copied.size()) + " ops of each layer, in the backward pass");
  body.walk([&](Operation *op) {
    for (OpOperand &use : op->getOpOperands())
      if (Value copy = copies.lookupOrNull(use.get()); copy && !copied.contains(op))
        use.set(copy);
  });
}

void LayersReverser::addStacked(Value operand) {
  backward.getStackedMutable().append(operand);
  Type type = operand.getType();
  backward.getBody().addArgument(withShape(type, shapeOf(type).drop_front()), operand.getLoc());
}

/// Makes the forward repeat return a value of its body, one slice per layer.
Value LayersReverser::stash(Value value) {
  uint64_t bytes = bytesOf(value.getType()) * forward.getTripCount();
  outer.getRemarks().analysis(value.getLoc(), "kept",
                              Twine(bytes) + " bytes for the backward pass of " + Twine(forward.getTripCount()) + " layers",
                              {{"bytes", bytes}});
  SmallVector<Value> before(forward.getResults());
  forward = forward.alsoStack(value);
  outer.replaceValues(before, forward.getResults());
  return forward.getResults().back();
}

/// The value that stands in the backward body for one of the forward body.
Value LayersReverser::residual(Value value, Block &body) {
  if (value == forward.getIndex())
    return backward.getIndex();
  auto argument = dyn_cast<BlockArgument>(value);
  unsigned firstSlice = 1 + forward.getInits().size();
  bool isSlice = argument && argument.getOwner() == &forward.getBody().front() && argument.getArgNumber() >= firstSlice;
  addStacked(isSlice ? forward.getStacked()[argument.getArgNumber() - firstSlice] : stash(value));
  return body.getArguments().back();
}

/// An op that only cuts its operand into pieces.
static bool isCut(Operation *op) {
  if (!isPure(op) || op->getNumOperands() != 1 || op->getNumResults() < 2)
    return false;
  uint64_t pieces = 0;
  for (Value piece : op->getResults())
    pieces += elementCount(piece.getType());
  return pieces == elementCount(op->getOperand(0).getType());
}

/// Where all pieces of a value are needed, the value is: the backward body cuts it again, and no piece is copied.
static void needWholes(llvm::SetVector<Value> &needed, Operation *backward) {
  llvm::SetVector<Operation *> cuts;
  for (Value value : needed)
    if (Operation *op = value.getDefiningOp(); op && isCut(op))
      cuts.insert(op);
  for (Operation *cut : cuts) {
    if (!llvm::all_of(cut->getResults(), [&](Value piece) { return needed.contains(piece); }))
      continue;
    Operation *again = OpBuilder::atBlockBegin(&backward->getRegion(0).front()).clone(*cut);
    for (auto [piece, here] : llvm::zip_equal(cut->getResults(), again->getResults())) {
      needed.remove(piece);
      piece.replaceUsesWithIf(here, [&](OpOperand &use) { return backward->isAncestor(use.getOwner()); });
    }
    needed.insert(cut->getOperand(0));
  }
}

/// Replaces every forward value in the backward body: constants are copied, slices read again, the rest is stashed.
void LayersReverser::stashResiduals(Block &body) {
  llvm::SetVector<Value> needed;
  Block *source = &forward.getBody().front();
  body.walk([&](Operation *op) {
    for (Value operand : op->getOperands())
      if (operand.getParentBlock() == source)
        needed.insert(operand);
  });
  needWholes(needed, backward);
  for (Value value : needed) {
    Value here;
    Operation *definition = value.getDefiningOp();
    if (definition && definition->hasTrait<OpTrait::ConstantLike>())
      here = OpBuilder::atBlockBegin(&body).clone(*definition)->getResult(0);
    else
      here = residual(value, body);
    value.replaceUsesWithIf(here, [&](OpOperand &use) { return backward->isAncestor(use.getOwner()); });
  }
}

void LayersReverser::finish() {
  for (auto [position, number] : llvm::enumerate(carried))
    outer.accumulate(b, forward.getInits()[number], backward.getResult(position));
  for (auto [position, value] : llvm::enumerate(captured))
    outer.accumulate(b, value, backward.getResult(carried.size() + position));
  for (auto [position, number] : llvm::enumerate(slices))
    outer.accumulate(b, forward.getStacked()[number], backward.getStackedResults()[position]);
}

LogicalResult LayersReverser::run() {
  if (forward.getTripCount() < 0)
    return forward.emitOpError("repeats a number of times that is not known; bind the hyperparameter first");
  collectActive();
  createBackward();
  if (failed(buildBody()))
    return failure();
  Block &body = backward.getBody().front();
  if (outer.getRemat() == Remat::layer)
    recomputeForward(body);
  if (outer.getRemat() == Remat::selective)
    recomputeCheap(forward.getBody().front(), backward, outer.getRemarks());
  stashResiduals(body);
  finish();
  return success();
}

LogicalResult reverseLayers(LayersOp op, Reverse &outer, OpBuilder &b) { return LayersReverser(op, outer, b).run(); }

} // namespace tern
