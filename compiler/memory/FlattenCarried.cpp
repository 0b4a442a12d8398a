// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loop carries a value in the shape in which its body makes it, so that value and memory are of one type and
// bufferization sees through. Stashes of the carried value are made before it is overwritten.

#include "compiler/memory/Passes.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace tern {
#define GEN_PASS_DEF_FLATTENCARRIED
#include "compiler/memory/Passes.h.inc"
} // namespace tern

using namespace mlir;

static bool isReshape(Operation *op) { return isa_and_present<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op); }

static SmallVector<ReassociationIndices> reassociationOf(Operation *reshape) {
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(reshape))
    return expand.getReassociationIndices();
  return cast<tensor::CollapseShapeOp>(reshape).getReassociationIndices();
}

// `value` seen as `type`, by the reshape that `like` is or by its inverse.
static Value reshapeTo(OpBuilder &builder, Operation *like, RankedTensorType type, Value value) {
  SmallVector<ReassociationIndices> reassociation = reassociationOf(like);
  if (type.getRank() > cast<RankedTensorType>(value.getType()).getRank())
    return tensor::ExpandShapeOp::create(builder, like->getLoc(), type, value, reassociation);
  return tensor::CollapseShapeOp::create(builder, like->getLoc(), type, value, reassociation);
}

// Replaces all uses of `value`, which has just changed its type, by the reshape that has the old one. What undoes that
// reshape is the value itself.
static void keepUses(OpBuilder &builder, Operation *like, RankedTensorType oldType, Value value) {
  Value restored = reshapeTo(builder, like, oldType, value);
  value.replaceAllUsesExcept(restored, restored.getDefiningOp());
  for (Operation *user : llvm::make_early_inc_range(restored.getUsers())) {
    if (!isReshape(user) || user->getResult(0).getType() != value.getType() ||
        reassociationOf(user) != reassociationOf(like))
      continue;
    user->getResult(0).replaceAllUsesWith(value);
    user->erase();
  }
}

static void flatten(scf::ForOp loop, unsigned index) {
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  Operation *reshape = yield->getOperand(index).getDefiningOp();
  auto oldType = dyn_cast<RankedTensorType>(loop.getResult(index).getType());
  bool isInBody = isReshape(reshape) && reshape->getBlock() == loop.getBody();
  if (!oldType || !isInBody || !oldType.hasStaticShape())
    return;
  auto newType = cast<RankedTensorType>(reshape->getOperand(0).getType());
  OpBuilder builder(loop);
  loop.getInitArgsMutable()[index].set(reshapeTo(builder, reshape, newType, loop.getInitArgs()[index]));
  yield->setOperand(index, reshape->getOperand(0));
  loop.getRegionIterArg(index).setType(newType);
  builder.setInsertionPointToStart(loop.getBody());
  keepUses(builder, reshape, oldType, loop.getRegionIterArg(index));
  loop.getResult(index).setType(newType);
  builder.setInsertionPointAfter(loop);
  keepUses(builder, reshape, oldType, loop.getResult(index));
  if (reshape->use_empty())
    reshape->erase();
}

// The reshapes between an iteration argument of the loop and `value`, innermost first, or nothing.
static std::optional<SmallVector<Operation *>> pathFromCarried(scf::ForOp loop, Value value) {
  SmallVector<Operation *> path;
  while (isReshape(value.getDefiningOp()) && value.getParentBlock() == loop.getBody()) {
    path.insert(path.begin(), value.getDefiningOp());
    value = value.getDefiningOp()->getOperand(0);
  }
  bool isCarried = llvm::is_contained(loop.getRegionIterArgs(), value);
  return isCarried ? std::optional(path) : std::nullopt;
}

// Moves `insert` to the beginning of the body when all that it needs is there: a carried value, its stack, its number.
static void hoistStash(scf::ForOp loop, tensor::InsertSliceOp insert) {
  std::optional<SmallVector<Operation *>> path = pathFromCarried(loop, insert.getSource());
  auto isAtBeginning = [&](Value value) {
    return llvm::is_contained(loop.getBody()->getArguments(), value) || loop.isDefinedOutsideOfLoop(value);
  };
  if (!path || !llvm::all_of(llvm::drop_begin(insert->getOperands()), isAtBeginning))
    return;
  Operation *place = &loop.getBody()->front();
  for (Operation *op : *path) {
    if (op == place)
      place = place->getNextNode();
    else
      op->moveBefore(place);
  }
  if (insert != place)
    insert->moveBefore(place);
}

// True when `value` or a reshape of it is read after `op`.
static bool isReadAfter(Value value, Operation *op) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    Operation *beside = op->getBlock()->findAncestorOpInBlock(*user);
    return isReshape(user) ? isReadAfter(user->getResult(0), op) : op->isBeforeInBlock(beside);
  });
}

// The next value is made after the last look at the one that it replaces.
static void makeLast(scf::ForOp loop, unsigned index) {
  Operation *yield = loop.getBody()->getTerminator(), *producer = yield->getOperand(index).getDefiningOp();
  if (!producer || producer->getBlock() != loop.getBody() || isa<tensor::InsertSliceOp>(producer) ||
      isReshape(producer))
    return;
  bool isOnlyYielded = llvm::all_of(producer->getUsers(), [&](Operation *user) { return user == yield; });
  if (isOnlyYielded && isReadAfter(loop.getRegionIterArg(index), producer))
    producer->moveBefore(yield);
}

namespace {
struct FlattenCarried : tern::impl::FlattenCarriedBase<FlattenCarried> {
  void runOnOperation() override {
    // What follows a loop may be erased with it, so that no walk may stand there.
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) { loops.push_back(loop); });
    for (scf::ForOp loop : loops) {
      for (unsigned index = 0; index < loop.getNumResults(); ++index)
        flatten(loop, index);
      for (auto insert : llvm::make_early_inc_range(loop.getBody()->getOps<tensor::InsertSliceOp>()))
        hoistStash(loop, insert);
      for (unsigned index = 0; index < loop.getNumResults(); ++index)
        makeLast(loop, index);
    }
  }
};
} // namespace
