// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cheap forward values are computed again in the backward pass, just before they are first read there.
//
//   forward:  f = linear x w; g = gelu f; ...; keeps f and g       forward:  ...; keeps f
//   backward: dw = g^T dy; df = gelu_grad f dg             ->      backward: g = gelu f; dw = g^T dy; df = gelu_grad f dg

#include "compiler/grad/Recompute.h"

#include "compiler/support/Cost.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tern;

/// A sweep over memory: elementwise ops, norms, dropout, views and copies. No products, however small.
static bool isCheap(Operation *op) {
  constexpr uint64_t flopsPerElement = 8;
  if (op->getNumRegions() || !isPure(op) || isa<Narrowable>(op))
    return false;
  uint64_t elements = 0;
  for (Type type : op->getResultTypes()) {
    if (!isa<RankedTensorType>(type))
      return false;
    elements += elementCount(type);
  }
  return flopsOf(op) <= flopsPerElement * elements;
}

namespace {
/// Forward values as the backward pass sees them.
class Recomputation {
public:
  Recomputation(Block &source, Operation *backward) : source(source), backward(backward) {}

  bool isRead(Operation *op) const { return llvm::any_of(op->getResults(), [&](Value value) { return isRead(value); }); }
  bool canRecompute(Operation *op);
  void recompute(Operation *op);

private:
  bool isRead(Value value) const {
    return llvm::any_of(value.getUsers(), [&](Operation *user) { return backward->isProperAncestor(user); });
  }
  bool isAtHand(Value value);
  Operation *firstReader(Operation *op) const;

  Block &source;
  Operation *backward;
  llvm::DenseMap<Operation *, bool> known; // answers of canRecompute
};
} // namespace

/// Whether a value costs no memory: from outside, a constant, a parameter of this layer, read anyhow, or cheap itself.
bool Recomputation::isAtHand(Value value) {
  if (value.getParentBlock() != &source || isRead(value))
    return true;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto layers = cast<LayersOp>(source.getParentOp());
    return argument == layers.getIndex() || llvm::is_contained(layers.getSliceArguments(), argument);
  }
  Operation *op = value.getDefiningOp();
  return op->hasTrait<OpTrait::ConstantLike>() || canRecompute(op);
}

bool Recomputation::canRecompute(Operation *op) {
  if (auto answer = known.find(op); answer != known.end())
    return answer->second;
  bool answer = isCheap(op) && llvm::all_of(op->getOperands(), [&](Value operand) { return isAtHand(operand); });
  known[op] = answer;
  return answer;
}

Operation *Recomputation::firstReader(Operation *op) const {
  Block &body = backward->getRegion(0).front();
  Operation *first = nullptr;
  for (Operation *user : op->getUsers())
    if (Operation *here = body.findAncestorOpInBlock(*user); here && (!first || here->isBeforeInBlock(first)))
      first = here;
  return first;
}

void Recomputation::recompute(Operation *op) {
  Operation *again = OpBuilder(firstReader(op)).clone(*op);
  for (auto [forward, here] : llvm::zip_equal(op->getResults(), again->getResults()))
    forward.replaceUsesWithIf(here, [&](OpOperand &use) { return backward->isProperAncestor(use.getOwner()); });
  known.clear(); // what the copy reads is read now
}

void tern::recomputeCheap(Block &source, Operation *backward, Remarks &remarks) {
  Recomputation recomputation(source, backward);
  // From the last to the first: a copy reads forward values, which then may be computed again before it.
  for (Operation &op : llvm::reverse(source.without_terminator())) {
    if (!recomputation.isRead(&op) || !recomputation.canRecompute(&op))
      continue;
    recomputation.recompute(&op);
    remarks.analysis(op.getLoc(), "recomputed", "in the backward pass of each layer, from what is kept");
  }
}
