// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every op that reads the source, and nothing along the sequence, belongs to the source, as long as its results are floating-point
// numbers, which variables hold; integers are computed again. A repeat over layers may belong to both: the keys of
// cross-attention follow from the source in each layer of the decoder.

#include "compiler/derive/SourceMemory.h"

#include "compiler/derive/SequenceAnalysis.h"

using namespace mlir;
using namespace tern;

static bool isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }

SourceMemory::SourceMemory(func::FuncOp function, const SequenceDims &dims) : dims(dims) {
  for (BlockArgument argument : function.getArguments())
    if (!dims.of(argument) && function.getArgAttr(argument.getArgNumber(), "tern.role"))
      source.insert(argument);
  size_t inputs = source.size();
  follow(function.getBody().front());
  for (Value value : source.getArrayRef().drop_front(inputs))
    if (isFloat(value) && llvm::any_of(value.getUses(), [&](OpOperand &use) { return isRead(use); }))
      memory.push_back(value);
}

/// Whether the op, or one inside it, has an operand of the kind.
static bool readsAny(Operation &op, function_ref<bool(Value)> isOfKind) {
  return op.walk([&](Operation *inner) {
             return llvm::any_of(inner->getOperands(), isOfKind) ? WalkResult::interrupt() : WalkResult::advance();
           }).wasInterrupted();
}

void SourceMemory::follow(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (auto layers = dyn_cast<LayersOp>(op))
      followLayers(layers);
    else if (!isAlongSequence(&op, dims) && readsAny(op, [&](Value value) { return isSource(value); }) &&
             llvm::all_of(op.getResults(), isFloat))
      source.insert_range(op.getResults());
  }
}

/// What is carried is followed until it does not change any more.
void SourceMemory::followLayers(LayersOp layers) {
  auto passOn = [&](ValueRange from, ValueRange to) {
    for (auto [value, next] : llvm::zip(from, to))
      if (isSource(value) && !dims.of(next))
        source.insert(next);
  };
  ValueRange carried(layers.getCarriedArguments()), slices(layers.getSliceArguments()), yielded(layers.getYield()->getOperands());
  passOn(layers.getInits(), carried);
  passOn(layers.getStacked(), slices);
  size_t before;
  do {
    before = source.size();
    follow(layers.getBody().front());
    passOn(yielded, carried);
  } while (source.size() != before);
  passOn(yielded, layers.getResults());
}

bool SourceMemory::isRead(OpOperand &use) const {
  Operation *reader = use.getOwner();
  while (!isa<LayersOp, func::FuncOp>(reader->getParentOp()))
    reader = reader->getParentOp();
  auto isOther = [&](Value value) { return !isSource(value); };
  if (auto layers = dyn_cast<LayersOp>(reader))
    return isOther(layers.getBody().getArgument(1 + use.getOperandNumber()));
  if (!isa<YieldOp>(reader))
    return reader->getNumResults() == 0 || llvm::any_of(reader->getResults(), isOther);
  auto layers = cast<LayersOp>(reader->getParentOp());
  unsigned number = use.getOperandNumber();
  bool isCarried = number < layers.getInits().size();
  return isOther(layers.getResult(number)) || (isCarried && isOther(layers.getCarriedArguments()[number]));
}

void SourceMemory::replace(Value value, Value other) const {
  value.replaceUsesWithIf(other, [&](OpOperand &use) { return isRead(use); });
}
