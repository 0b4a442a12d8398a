// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Special functions on vectors of f32 become the arithmetic of VectorFunctions.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/VectorFunctions.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_VECTORMATH
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;

namespace {

template <typename OpTy, Value (VectorFunctions::*formula)(Value)>
struct ExpandFunction : OpRewritePattern<OpTy> {
  ExpandFunction(MLIRContext *context, const Machine &machine)
      : OpRewritePattern<OpTy>(context, /*benefit=*/2), machine(machine) {}

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getType());
    if (!type || !type.getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "not a vector of f32");
    VectorFunctions functions(rewriter, op.getLoc(), machine, type);
    rewriter.replaceOp(op, (functions.*formula)(op.getOperand()));
    return success();
  }

  const Machine &machine;
};

struct VectorMath : tern::impl::VectorMathBase<VectorMath> {
  using VectorMathBase::VectorMathBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandFunction<math::ExpOp, &VectorFunctions::exp>, ExpandFunction<math::ExpM1Op, &VectorFunctions::expm1>,
                 ExpandFunction<math::LogOp, &VectorFunctions::log>, ExpandFunction<math::Log1pOp, &VectorFunctions::log1p>,
                 ExpandFunction<math::TanhOp, &VectorFunctions::tanh>, ExpandFunction<math::ErfOp, &VectorFunctions::erf>,
                 ExpandFunction<math::SinOp, &VectorFunctions::sin>, ExpandFunction<math::CosOp, &VectorFunctions::cos>>(
        &getContext(), *machine);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
