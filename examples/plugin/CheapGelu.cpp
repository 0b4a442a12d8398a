// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass outside of Tern's tree: its pattern matches a tern op by its class, builds others, and says what it did.

#include "compiler/Plugin.h"
#include "compiler/support/Remarks.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace example {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#define GEN_PASS_DEF_CHEAPGELU
#include "Passes.h.inc"
} // namespace example

using namespace mlir;
using namespace tern;

// Greatest difference at any x, rounded up: of the exact form and the tanh form, and of each and x sigmoid(1.702 x).
static constexpr double exactToTanh = 4.8e-4, exactToSigmoid = 2.04e-2, tanhToSigmoid = 2.07e-2;

// x sigmoid(1.702 x), as Hendrycks and Gimpel give it beside the other two.
static Value buildSigmoidForm(OpBuilder &b, Location loc, Value x) {
  Type element = cast<RankedTensorType>(x.getType()).getElementType();
  auto slope = DenseElementsAttr::get(RankedTensorType::get({}, element), b.getFloatAttr(element, 1.702));
  Value scaled = MulOp::create(b, loc, x, arith::ConstantOp::create(b, loc, slope));
  return MulOp::create(b, loc, x, SigmoidOp::create(b, loc, scaled));
}

namespace {

struct ReplaceGelu : OpRewritePattern<GeluOp> {
  ReplaceGelu(MLIRContext *context, double tolerance, Remarks &remarks)
      : OpRewritePattern(context), tolerance(tolerance), remarks(remarks) {}

  LogicalResult matchAndRewrite(GeluOp op, PatternRewriter &rewriter) const override {
    bool isExact = op.getApproximate() == GeluApproximation::none;
    if (tolerance >= (isExact ? exactToSigmoid : tanhToSigmoid)) {
      remarks.passed(op.getLoc(), "GELU in its sigmoid form");
      rewriter.replaceOp(op, buildSigmoidForm(rewriter, op.getLoc(), op.getInput()));
      return success();
    }
    if (isExact && tolerance >= exactToTanh) {
      remarks.passed(op.getLoc(), "GELU in its tanh form");
      rewriter.replaceOpWithNewOp<GeluOp>(op, op.getInput(), GeluApproximation::tanh);
      return success();
    }
    return rewriter.notifyMatchFailure(op, [&](Diagnostic &reason) {
      reason << "the next cheaper form differs by up to " << (isExact ? exactToTanh : tanhToSigmoid)
             << ", and the tolerance is " << tolerance;
    });
  }

  double tolerance;
  Remarks &remarks;
};

struct CheapGelu : example::impl::CheapGeluBase<CheapGelu> {
  using Base::Base;

  void runOnOperation() override {
    if (tolerance < 0) {
      emitError(getOperation().getLoc()) << "tolerance must be at least 0, and it is " << tolerance;
      return signalPassFailure();
    }
    Remarks remarks(*this, "cheaper", "kept"); // hears why the pattern declines
    RewritePatternSet patterns(&getContext());
    patterns.add<ReplaceGelu>(&getContext(), tolerance, remarks);
    walkAndApplyPatterns(getOperation(), std::move(patterns), &remarks);
  }
};

} // namespace

TERN_PLUGIN("cheap-gelu", [] { example::registercheap_geluPasses(); })
