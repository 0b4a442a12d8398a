// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ops that are short for others are written out.

#include "compiler/shape/Passes.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_DECOMPOSE
#include "compiler/shape/Passes.h.inc"
} // namespace tern

using namespace tern;

static LogicalResult check(Decomposable op) {
  if (auto parametric = dyn_cast<Parametric>(*op); parametric && parametric.isModuleForm())
    return op->emitOpError("still names its parameters; run tern-hoist-params before");
  for (Type type : op->getResultTypes())
    if (ShapedType::isDynamic(shapeOf(type).back()))
      return op->emitOpError("has a state ") << type << " of dynamic size; its size is a number or a tern.hyper, which "
                                                        "tern-bind-hyper binds";
  return success();
}

namespace {
struct Decompose : tern::impl::DecomposeBase<Decompose> {
  void runOnOperation() override {
    SmallVector<Decomposable> ops;
    getOperation().walk([&](Decomposable op) { ops.push_back(op); });
    for (Decomposable op : ops) {
      if (failed(check(op))) {
        signalPassFailure();
        continue;
      }
      OpBuilder b(op);
      op->replaceAllUsesWith(op.decompose(b));
      op->erase();
    }
  }
};
} // namespace
