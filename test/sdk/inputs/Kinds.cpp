// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks of every op what it is, by class: were the dialect in the plugin as well as in the tool, no answer would be yes.

#include "compiler/Plugin.h"
#include "dialects/tern/Tern.h"

#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace tern;

namespace {

struct TellKinds : PassWrapper<TellKinds, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TellKinds)
  StringRef getArgument() const override { return "tell-kinds"; }
  StringRef getDescription() const override { return "Remarks on classes and interfaces of ops"; }

  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (isa<GeluOp>(op))
        op->emitRemark("isa<GeluOp>");
      if (auto linear = dyn_cast<LinearOp>(op))
        linear.emitRemark("dyn_cast<LinearOp>, ") << (linear.getLayout() == WeightLayout::in_out ? "in_out" : "out_in");
      if (isa<Differentiable>(op))
        op->emitRemark("isa<Differentiable>");
      if (isa_and_nonnull<TernDialect>(op->getDialect()))
        op->emitRemark("isa<TernDialect>");
    });
  }
};

} // namespace

TERN_PLUGIN("kinds", [] { PassRegistration<TellKinds>(); })
