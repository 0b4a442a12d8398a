// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Marked activations become results of @forward.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Passes.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_EXPOSETAPS
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct ExposeTaps : tern::impl::ExposeTapsBase<ExposeTaps> {
  void runOnOperation() override;
};
} // namespace

/// Layers go behind the batch: (L, B, ...) -> (B, L, ...).
static Value batchFirst(Value stack, LayersOp layers) {
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, cast<RankedTensorType>(stack.getType()).getRank()));
  if (permutation.size() < 2)
    return stack;
  std::swap(permutation[0], permutation[1]);
  OpBuilder b(layers->getContext());
  b.setInsertionPointAfter(layers);
  return TransposeOp::create(b, layers.getLoc(), stack, permutation);
}

/// The value outside of all layers and scans, layers behind the batch. A scan stacks steps where its sequences have them.
static Value bringOut(Value value) {
  while (auto loop = dyn_cast<Iterative>(value.getParentBlock()->getParentOp())) {
    loop = alsoStack(loop, value);
    value = loop->getResults().back();
    if (auto layers = dyn_cast<LayersOp>(*loop))
      value = batchFirst(value, layers);
  }
  return value;
}

/// The name of a tap, or nothing after an error.
static FailureOr<StringAttr> tapName(Operation *op, llvm::StringSet<> &seen) {
  auto name = op->getAttrOfType<StringAttr>("tern.tap");
  if (!name)
    return op->emitOpError("has a tern.tap that is not a string");
  if (op->getNumResults() != 1 || !isa<RankedTensorType>(op->getResult(0).getType()))
    return op->emitOpError("has a tern.tap, but not one tensor as its result");
  if (!seen.insert(name.getValue()).second)
    return op->emitOpError("has the tern.tap '") << name.getValue() << "', which another op has too";
  return name;
}

void ExposeTaps::runOnOperation() {
  auto forward = getOperation().lookupSymbol<func::FuncOp>("forward");
  if (!forward)
    return;
  SmallVector<std::pair<Operation *, StringAttr>> taps;
  llvm::StringSet<> seen;
  bool isBroken = false;
  forward.walk([&](Operation *op) {
    if (!op->hasAttr("tern.tap"))
      return;
    FailureOr<StringAttr> name = tapName(op, seen);
    if (succeeded(name))
      taps.emplace_back(op, *name);
    isBroken |= failed(name);
  });
  if (isBroken)
    return signalPassFailure();
  for (auto [op, name] : taps)
    appendResult(forward, bringOut(op->getResult(0)), "tern.role", name.getValue());
}
