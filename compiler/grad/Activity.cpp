// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activity analysis.

#include "compiler/grad/Activity.h"

#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

Activity::Activity(Block &block, ArrayRef<Value> wanted) {
  for (Value value : wanted)
    varied.insert(value);
  markBlock(block);
}

/// True when the value was not varied before.
bool Activity::mark(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType())) && varied.insert(value).second;
}

/// One sweep in program order; layers are swept until nothing changes, because a carried value varies when it enters a
/// layer varied or leaves one so.
bool Activity::markBlock(Block &block) {
  bool changed = false;
  for (Operation &op : block) {
    auto layers = dyn_cast<LayersOp>(op);
    if (!layers) {
      if (llvm::any_of(op.getOperands(), [&](Value operand) { return isVaried(operand); }))
        for (Value result : op.getResults())
          changed |= mark(result);
      continue;
    }
    auto markIf = [&](Value from, Value to) { return isVaried(from) && mark(to); };
    for (auto [operand, argument] : llvm::zip_equal(layers.getOperands(), layers.getBody().getArguments().drop_front()))
      changed |= markIf(operand, argument);
    for (bool again = true; again;) {
      again = markBlock(layers.getBody().front());
      for (auto [yielded, argument] : llvm::zip(layers.getYield()->getOperands(), layers.getCarriedArguments()))
        again |= markIf(yielded, argument);
      changed |= again;
    }
    for (auto [yielded, result] : llvm::zip_equal(layers.getYield()->getOperands(), layers.getResults()))
      changed |= markIf(yielded, result);
  }
  return changed;
}

} // namespace tern
