// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A temporary whose only purpose is to be copied is computed where the copy would go. Catches what tensor-level
// analysis gives up on: several results of one op that become parts of one buffer, and scalars built from elements.

#include "compiler/memory/Passes.h"

#include "compiler/memory/MemoryUtils.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace tern {
#define GEN_PASS_DEF_FORWARDCOPIES
#include "compiler/memory/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

// Ops that take a buffer of any layout.
static bool takesAnyLayout(Operation *op) {
  return isa<DestinationStyleOpInterface, memref::LoadOp, memref::StoreOp, memref::CopyOp>(op);
}

// True when both are static parts of one buffer without a common element.
static bool areDisjoint(Value a, Value b) {
  auto first = a.getDefiningOp<memref::SubViewOp>(), second = b.getDefiningOp<memref::SubViewOp>();
  if (!first || !second || first.getSource() != second.getSource())
    return false;
  auto isKnown = [](memref::SubViewOp view) {
    return llvm::none_of(view.getStaticOffsets(), ShapedType::isDynamic) &&
           llvm::none_of(view.getStaticSizes(), ShapedType::isDynamic) &&
           llvm::all_of(view.getStaticStrides(), [](int64_t stride) { return stride == 1; });
  };
  if (!isKnown(first) || !isKnown(second))
    return false;
  for (size_t dim = 0; dim < first.getStaticOffsets().size(); ++dim) {
    int64_t firstBegin = first.getStaticOffsets()[dim], secondBegin = second.getStaticOffsets()[dim];
    if (firstBegin + first.getStaticSizes()[dim] <= secondBegin ||
        secondBegin + second.getStaticSizes()[dim] <= firstBegin)
      return true;
  }
  return false;
}

namespace {

// One copy and the temporary that it would make superfluous.
class Forwarding {
public:
  Forwarding(memref::CopyOp copy, const BufferViewFlowAnalysis &aliases, const DominanceInfo &dominance)
      : copy(copy), aliases(aliases), dominance(dominance) {}

  // A temporary that is made beside its copy.
  bool isCandidate() {
    temporary = copy.getSource().getDefiningOp<memref::AllocOp>();
    return temporary && temporary->getBlock() == copy->getBlock();
  }

  // Why the copy stays, or nothing.
  StringRef whyNot() {
    if (!diesAtCopy())
      return "it is used after it is copied";
    if (!collectTargetViews())
      return "where the copy goes is not known yet when it is computed";
    if (targetIsTouched())
      return "where the copy goes is read or written in the meantime";
    bool isSameLayout = copy.getTarget().getType() == temporary.getType();
    if (!isSameLayout && !llvm::all_of(temporary->getUsers(), [](Operation *user) { return takesAnyLayout(user); }))
      return "an op that uses it takes no memory with gaps";
    return "";
  }

  void rewrite() {
    for (Operation *view : targetViews)
      view->moveBefore(firstUse);
    Value target = copy.getTarget();
    copy.erase();
    temporary.replaceAllUsesWith(target);
    temporary.erase();
  }

private:
  // Nothing uses the temporary after the copy. Finds the first use.
  bool diesAtCopy() {
    for (Value alias : aliases.resolve(temporary)) {
      for (Operation *user : alias.getUsers()) {
        Operation *beside = copy->getBlock()->findAncestorOpInBlock(*user);
        if (beside != copy && !beside->isBeforeInBlock(copy))
          return false;
        if (!firstUse || beside->isBeforeInBlock(firstUse))
          firstUse = beside;
      }
    }
    return firstUse && firstUse != copy;
  }

  // The views that make the target, outermost first, if they can be made before the first use of the temporary.
  bool collectTargetViews() {
    Value value = copy.getTarget();
    while (auto view = value.getDefiningOp<ViewLikeOpInterface>()) {
      if (dominance.properlyDominates(value, firstUse))
        break;
      if (view->getBlock() != copy->getBlock() || !isMemoryEffectFree(view))
        return false;
      for (Value operand : llvm::drop_begin(view->getOperands()))
        if (!dominance.properlyDominates(operand, firstUse))
          return false;
      targetViews.insert(targetViews.begin(), view);
      value = view.getViewSource();
    }
    return dominance.properlyDominates(value, firstUse);
  }

  // True when the target's memory is read or written while the temporary holds its values.
  bool targetIsTouched() {
    Value base = baseOf(copy.getTarget());
    auto argument = dyn_cast<BlockArgument>(base);
    bool isKnown =
        base.getDefiningOp<memref::AllocOp>() || (argument && isa<func::FuncOp>(argument.getOwner()->getParentOp()));
    if (!isKnown)
      return true;
    for (Value alias : aliases.resolve(base)) {
      if (areDisjoint(alias, copy.getTarget()))
        continue;
      for (Operation *user : alias.getUsers()) {
        Operation *beside = copy->getBlock()->findAncestorOpInBlock(*user);
        if (!beside || beside == copy || isMemoryEffectFree(user))
          continue;
        if (!beside->isBeforeInBlock(firstUse) && beside->isBeforeInBlock(copy))
          return true;
      }
    }
    return false;
  }

  memref::CopyOp copy;
  const BufferViewFlowAnalysis &aliases;
  const DominanceInfo &dominance;
  memref::AllocOp temporary;
  Operation *firstUse = nullptr;
  SmallVector<Operation *> targetViews;
};

struct ForwardCopies : tern::impl::ForwardCopiesBase<ForwardCopies> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    Remarks remarks(*this, "forwarded", "not forwarded");
    bool changed = true;
    while (changed) { // views move, so the analyses are asked again
      changed = false;
      remarks.programChanged();
      BufferViewFlowAnalysis aliases(function);
      DominanceInfo dominance(function);
      function.walk([&](memref::CopyOp copy) {
        Forwarding forwarding(copy, aliases, dominance);
        if (!forwarding.isCandidate())
          return WalkResult::advance();
        std::string bytes = std::to_string(bytesOf(cast<MemRefType>(copy.getSource().getType()))) + " bytes";
        if (StringRef why = forwarding.whyNot(); !why.empty()) {
          remarks.missed(copy.getLoc(), bytes + " are copied: " + why);
          return WalkResult::advance();
        }
        remarks.passed(copy.getLoc(), bytes + " are computed where they would be copied to");
        forwarding.rewrite();
        changed = true;
        return WalkResult::interrupt();
      });
    }
  }
};

} // namespace
