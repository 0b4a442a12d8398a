// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every layer stashes is computed in the stash itself. The stash becomes bytes, the temporary a view of them at the
// layer's offset: its type stays as it was, so nothing else changes.

#include "compiler/memory/Passes.h"

#include "compiler/memory/MemoryUtils.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace tern {
#define GEN_PASS_DEF_STASHINPLACE
#include "compiler/memory/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

namespace {

/// One copy of a temporary into the slice of a stash.
struct Stashing {
  memref::CopyOp copy;
  memref::AllocOp temporary, stash;
  memref::SubViewOp slice;
  Value layer; // an index

  static std::optional<Stashing> match(memref::CopyOp copy);
  StringRef whyNot(const BufferViewFlowAnalysis &aliases, const DominanceInfo &dominance);
  void rewrite();
};

struct StashInPlace : tern::impl::StashInPlaceBase<StashInPlace> {
  void runOnOperation() override;
};

} // namespace

static bool isPlain(memref::AllocOp alloc) {
  return alloc && alloc.getType().hasStaticShape() && alloc.getType().getLayout().isIdentity();
}

/// The layer number when the view is one whole slice of its source, null otherwise.
static Value sliceNumber(memref::SubViewOp view, OpBuilder &b) {
  ArrayRef<int64_t> shape = view.getSourceType().getShape(), sizes = view.getStaticSizes();
  bool isWhole = sizes.front() == 1 && sizes.drop_front() == shape.drop_front() &&
                 llvm::all_of(view.getStaticStrides(), [](int64_t stride) { return stride == 1; }) &&
                 llvm::all_of(view.getStaticOffsets().drop_front(), [](int64_t offset) { return offset == 0; });
  return isWhole ? dyn_cast<Value>(view.getMixedOffsets().front()) : Value();
}

/// The allocation behind reshapes.
static memref::AllocOp throughReshapes(Value value) {
  while (isa_and_present<memref::ExpandShapeOp, memref::CollapseShapeOp>(value.getDefiningOp()))
    value = cast<ViewLikeOpInterface>(value.getDefiningOp()).getViewSource();
  return value.getDefiningOp<memref::AllocOp>();
}

std::optional<Stashing> Stashing::match(memref::CopyOp copy) {
  Value target = copy.getTarget();
  while (isa_and_present<memref::ExpandShapeOp, memref::CollapseShapeOp>(target.getDefiningOp()))
    target = cast<ViewLikeOpInterface>(target.getDefiningOp()).getViewSource();
  auto slice = target.getDefiningOp<memref::SubViewOp>();
  memref::AllocOp temporary = throughReshapes(copy.getSource());
  if (!slice || !isPlain(temporary) || temporary->getBlock() != copy->getBlock())
    return std::nullopt;
  auto stash = slice.getSource().getDefiningOp<memref::AllocOp>();
  OpBuilder b(slice);
  Value layer = isPlain(stash) ? sliceNumber(slice, b) : Value();
  if (!layer)
    return std::nullopt;
  int64_t layers = stash.getType().getShape().front();
  if (stash.getType().getNumElements() != temporary.getType().getNumElements() * layers)
    return std::nullopt;
  return Stashing{copy, temporary, stash, slice, layer};
}

static bool mayWrite(Operation *op, Value buffer) {
  if (isMemoryEffectFree(op))
    return false;
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  return !effects || effects.getEffectOnValue<MemoryEffects::Write>(buffer).has_value();
}

/// Nothing when the temporary keeps its content after the copy, and in the loop only the copy knows the stash.
StringRef Stashing::whyNot(const BufferViewFlowAnalysis &aliases, const DominanceInfo &dominance) {
  if (!dominance.properlyDominates(layer, temporary.getOperation()) ||
      !dominance.properlyDominates(stash.getResult(), temporary.getOperation()))
    return "the stash or the layer is not known yet when it is computed";
  Block *block = copy->getBlock();
  for (Value alias : aliases.resolve(temporary.getResult()))
    for (Operation *user : alias.getUsers()) {
      Operation *beside = block->findAncestorOpInBlock(*user);
      if (!beside || (copy->isBeforeInBlock(beside) && mayWrite(user, alias)))
        return "it is overwritten after it is stashed";
    }
  for (Value alias : aliases.resolve(stash.getResult()))
    for (Operation *user : alias.getUsers())
      if (Operation *beside = block->findAncestorOpInBlock(*user); beside && beside != copy && !isMemoryEffectFree(user))
        return "something else in the layer reads or writes the stash";
  return "";
}

/// The stash as bytes: made beside the typed one, which becomes a view of it.
static Value bytesOfStash(memref::AllocOp stash) {
  OpBuilder b(stash);
  auto bytes = MemRefType::get({static_cast<int64_t>(bytesOf(stash.getType()))}, b.getI8Type());
  Value buffer = memref::AllocOp::create(b, stash.getLoc(), bytes, b.getI64IntegerAttr(bufferAlignment));
  Value start = arith::ConstantIndexOp::create(b, stash.getLoc(), 0);
  Value typed = memref::ViewOp::create(b, stash.getLoc(), stash.getType(), buffer, start, ValueRange());
  stash.getResult().replaceAllUsesWith(typed);
  stash.erase();
  return buffer;
}

void Stashing::rewrite() {
  OpBuilder b(temporary);
  Location loc = temporary.getLoc();
  Value bytes = bytesOfStash(stash);
  Value sliceBytes = arith::ConstantIndexOp::create(b, loc, bytesOf(temporary.getType()));
  Value offset = arith::MulIOp::create(b, loc, layer, sliceBytes);
  Value view = memref::ViewOp::create(b, loc, temporary.getType(), bytes, offset, ValueRange());
  temporary.getResult().replaceAllUsesWith(view);
  temporary->erase();
  copy->erase();
}

void StashInPlace::runOnOperation() {
  Remarks remarks(*this, "stashed", "not stashed");
  SmallVector<memref::CopyOp> copies;
  getOperation().walk([&](memref::CopyOp copy) { copies.push_back(copy); });
  for (memref::CopyOp copy : copies) {
    std::optional<Stashing> stashing = Stashing::match(copy);
    if (!stashing)
      continue;
    uint64_t bytes = bytesOf(stashing->temporary.getType());
    StringRef why = stashing->whyNot(BufferViewFlowAnalysis(getOperation()), DominanceInfo(getOperation()));
    if (!why.empty()) {
      remarks.missed(stashing->temporary.getLoc(), Twine(bytes) + " bytes of each layer are copied: " + why);
      continue;
    }
    remarks.passed(stashing->temporary.getLoc(), Twine(bytes) + " bytes of each layer are computed in the stash");
    stashing->rewrite();
  }
}
