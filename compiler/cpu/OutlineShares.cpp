// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a thread does between two barriers becomes a function: LLVM's passes over loops take more than twice the time for twice
// as many loops in one function, and functions are compiled side by side.

#include "compiler/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

namespace tern {
#define GEN_PASS_DEF_OUTLINESHARES
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;

namespace {
struct OutlineShares : tern::impl::OutlineSharesBase<OutlineShares> {
  using OutlineSharesBase::OutlineSharesBase;
  void runOnOperation() override;

private:
  void collect(Block &block, SmallVector<Operation *> &shares) const;
};

/// What an op takes from outside: values that become arguments, and ops without effects that are repeated inside.
struct Needs {
  explicit Needs(Operation *op);

  SetVector<Value> arguments;
  SetVector<Operation *> repeated; // each behind those it depends on

private:
  void add(Value value);
};
} // namespace

Needs::Needs(Operation *op) {
  SetVector<Value> used(llvm::from_range, op->getOperands());
  getUsedValuesDefinedAbove(op->getRegions(), used);
  for (Value value : used)
    add(value);
}

void Needs::add(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumRegions() || !isMemoryEffectFree(op)) {
    arguments.insert(value);
    return;
  }
  if (repeated.contains(op))
    return;
  for (Value operand : op->getOperands())
    add(operand);
  repeated.insert(op);
}

static bool holdsBarrier(Operation *op) {
  return op->walk([](LLVM::CallOp) { return WalkResult::interrupt(); }).wasInterrupted();
}

static int64_t countOps(Operation *op) {
  int64_t count = 0;
  op->walk([&](Operation *) { ++count; });
  return count;
}

void OutlineShares::collect(Block &block, SmallVector<Operation *> &shares) const {
  for (Operation &op : block) {
    if (!op.getNumRegions())
      continue;
    if (!holdsBarrier(&op)) {
      if (op.getNumResults() == 0 && countOps(&op) >= least)
        shares.push_back(&op);
      continue;
    }
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        collect(inner, shares);
  }
}

/// A function that does what the op does, called in its place.
static void outline(Operation *op, const Twine &name, OpBuilder &b) {
  Needs needs(op);
  SmallVector<Value> arguments = needs.arguments.takeVector();
  Location loc = op->getLoc();
  b.setInsertionPoint(op->getParentOfType<func::FuncOp>());
  auto function = func::FuncOp::create(b, loc, name.str(), b.getFunctionType(ValueRange(arguments).getTypes(), {}));
  function.setPrivate();
  function->setAttr("passthrough", b.getStrArrayAttr({"noinline"}));
  function->setAttr("llvm.linkage", LLVM::LinkageAttr::get(b.getContext(), LLVM::Linkage::Internal));
  Block *body = function.addEntryBlock();
  b.setInsertionPoint(op);
  func::CallOp::create(b, loc, function, arguments);

  IRMapping inside;
  inside.map(arguments, body->getArguments());
  b.setInsertionPointToStart(body);
  for (Operation *repeated : needs.repeated)
    b.clone(*repeated, inside);
  op->remove();
  b.insert(op);
  func::ReturnOp::create(b, loc);
  auto replace = [&](OpOperand &operand) { operand.set(inside.lookupOrDefault(operand.get())); };
  op->walk([&](Operation *inner) { llvm::for_each(inner->getOpOperands(), replace); });
}

void OutlineShares::runOnOperation() {
  OpBuilder b(&getContext());
  for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
    if (!function->hasAttr("tern.regions"))
      continue;
    SmallVector<Operation *> shares;
    collect(function.getBody().front(), shares);
    for (auto [number, share] : llvm::enumerate(shares))
      outline(share, function.getName() + "_share_" + Twine(number), b);
  }
}
