// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keys for random ops in training entries; no noise elsewhere.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Passes.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_SEEDRANDOM
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct SeedRandom : tern::impl::SeedRandomBase<SeedRandom> {
  void runOnOperation() override;
};
} // namespace

static SmallVector<Stochastic> unkeyedOps(func::FuncOp function) {
  SmallVector<Stochastic> ops;
  function.walk([&](Stochastic op) {
    if (!op.getRandomKey())
      ops.push_back(op);
  });
  return ops;
}

static void removeNoise(func::FuncOp function) {
  for (Stochastic op : unkeyedOps(function)) {
    op.removeNoise();
    if (Value value = op.getNoiseFreeValue()) {
      op->getResult(0).replaceAllUsesWith(value);
      op->erase();
    }
  }
}

/// The site of an op: its name and number in program order, the same in every program derived from the model.
static std::string siteName(Operation *op, unsigned number) {
  return (op->getName().getStringRef() + "." + Twine(number)).str();
}

/// The loops around an op, the outermost first.
static SmallVector<Iterative> loopsAround(Operation *op) {
  SmallVector<Iterative> loops;
  for (auto loop = op->getParentOfType<Iterative>(); loop; loop = loop->getParentOfType<Iterative>())
    loops.insert(loops.begin(), loop);
  return loops;
}

static void addKeys(func::FuncOp function) {
  SmallVector<Stochastic> ops = unkeyedOps(function);
  llvm::erase_if(ops, [](Stochastic op) { return !op.isRandom(); });
  if (ops.empty())
    return;
  Type scalar = RankedTensorType::get({}, IntegerType::get(function.getContext(), 64));
  Value seed = appendArgument(function, scalar, "tern.role", "seed");
  Value step = appendArgument(function, scalar, "tern.role", "step");
  Value microbatch = appendArgument(function, scalar, "tern.role", "microbatch");
  for (auto [number, op] : llvm::enumerate(ops)) {
    OpBuilder b(op);
    Value start = seed, layer;
    for (Iterative loop : loopsAround(op)) {
      if (layer) // what an outer loop counts goes into the seed of the inner one
        start = RandomKeyOp::create(b, op.getLoc(), start, step, microbatch, layer, "loop");
      layer = loop.getIndex();
    }
    op.setRandomKey(RandomKeyOp::create(b, op.getLoc(), start, step, microbatch, layer, siteName(op, number)));
  }
}

void SeedRandom::runOnOperation() {
  for (auto function : getOperation().getOps<func::FuncOp>()) {
    bool trains = function->hasAttr("tern.differentiate");
    trains ? addKeys(function) : removeNoise(function);
  }
}
