// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A carried value that only its own next value is computed from is read by nobody:
//
//   x, ys = layers (h = x0, g = g0) stacked (w = W) { h' = f h w; g' = g + 1; yield h', g', h' }     x and the end of g unread
//   ys = layers (h = x0) stacked (w = W) { h' = f h w; yield h', h' }                                h: ys follows from it

#include "compiler/derive/DropUnread.h"

#include "dialects/tern/Tern.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tern;

/// Results that are read, and carried values that they follow from.
static BitVector findRead(LayersOp layers) {
  ValueRange yielded(layers.getYield()->getOperands());
  Region &body = layers.getBody();
  unsigned carried = layers.getInits().size();
  BitVector isRead(yielded.size());
  DenseSet<Value> seen;
  SmallVector<Value> open;
  auto read = [&](unsigned number) {
    isRead.set(number);
    open.push_back(yielded[number]);
  };
  for (OpResult result : layers->getResults())
    if (!result.use_empty())
      read(result.getResultNumber());
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!seen.insert(value).second || !body.isAncestor(value.getParentRegion()))
      continue;
    if (Operation *op = value.getDefiningOp())
      op->walk([&](Operation *inner) { llvm::append_range(open, inner->getOperands()); });
    else if (unsigned number = cast<BlockArgument>(value).getArgNumber();
             value.getParentRegion() == &body && number >= 1 && number <= carried)
      read(number - 1);
  }
  return isRead;
}

static void dropFrom(Block &block);

static void dropSlices(LayersOp layers) {
  unsigned first = 1 + layers.getInits().size();
  for (unsigned number = layers.getStacked().size(); number-- > 0;) {
    if (!layers.getSliceArguments()[number].use_empty())
      continue;
    layers.getBody().eraseArgument(first + number);
    layers.getStackedMutable().erase(number);
  }
}

/// The repeat without the carried values and the results that are not read. Erases the old one.
static LayersOp narrow(LayersOp layers, const BitVector &isRead) {
  unsigned carried = layers.getInits().size();
  BitVector unread = isRead;
  unread.flip();
  layers.getYield()->eraseOperands(unread);
  dropFrom(layers.getBody().front());
  SmallVector<Value> inits;
  SmallVector<Type> stacks;
  for (unsigned number : isRead.set_bits())
    if (number < carried)
      inits.push_back(layers.getInits()[number]);
    else
      stacks.push_back(layers.getResult(number).getType());
  OpBuilder b(layers);
  auto result = LayersOp::create(b, layers.getLoc(), layers.getCountAttr(), layers.getScopeAttr(), layers.getReverse(), inits,
                                 layers.getStacked(), stacks);
  result->setDiscardableAttrs(layers->getDiscardableAttrDictionary());
  for (auto [number, old] : llvm::enumerate(isRead.set_bits()))
    layers.getResult(old).replaceAllUsesWith(result.getResult(number));
  result.getBody().takeBody(layers.getBody());
  for (unsigned number = carried; number-- > 0;)
    if (unread[number])
      result.getBody().eraseArgument(1 + number);
  layers.erase();
  return result;
}

static void dropFrom(Block &block) {
  Operation *before = nullptr;
  for (Operation *op = block.getTerminator()->getPrevNode(); op; op = before) {
    before = op->getPrevNode();
    if (isOpTriviallyDead(op)) {
      op->erase();
      continue;
    }
    auto layers = dyn_cast<LayersOp>(op);
    if (!layers)
      continue;
    BitVector isRead = findRead(layers);
    if (isRead.all())
      dropFrom(layers.getBody().front());
    else
      layers = narrow(layers, isRead);
    dropSlices(layers);
  }
}

void tern::dropUnread(func::FuncOp function) {
  dropFrom(function.getBody().front());
  for (unsigned index = function.getNumArguments(); index-- > 0;)
    if (function.getArgument(index).use_empty())
      (void)function.eraseArgument(index);
}
