// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What precedes a product elementwise is done while its operand is packed: rounding.
//
//   h = truncf w; y = contract x h   ->   y = contract compute(bf16) x w

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_FUSEPROLOGUE
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::kernel;

// The operand of an op that rounds every element and does nothing else, or null.
static Value roundedFrom(Value value) {
  auto generic = value.getDefiningOp<linalg::GenericOp>();
  if (!generic || generic.getNumDpsInputs() != 1 || generic.getNumDpsInits() != 1)
    return nullptr;
  if (!llvm::all_of(generic.getIndexingMapsArray(), [](AffineMap map) { return map.isIdentity(); }))
    return nullptr;
  auto rounding = dyn_cast<arith::TruncFOp>(generic.getBody()->front());
  bool isAll = rounding && rounding.getIn().getType().isF32() && rounding.getType().isBF16() &&
               rounding.getIn() == generic.getBody()->getArgument(0) &&
               generic.getBody()->getTerminator()->getOperand(0) == rounding.getOut();
  return isAll ? generic.getInputs()[0] : Value();
}

namespace {

struct FuseRounding : OpRewritePattern<ContractOp> {
  FuseRounding(MLIRContext *context, tern::Remarks &remarks) : OpRewritePattern(context), remarks(remarks) {}

  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    if (op.getBlocks()) // rounds A its own way
      return failure();
    for (OpOperand *operand : {&op.getAMutable(), &op.getBMutable()}) {
      Value source = roundedFrom(operand->get());
      if (!source || cast<RankedTensorType>(operand->get().getType()).getElementType() != op.getComputeType())
        continue;
      remarks.passed(operand->get().getLoc(), "rounding into the product " + tern::nameOfPlace(op.getLoc()));
      rewriter.modifyOpInPlace(op, [&] {
        op.setCompute(op.getComputeType());
        operand->set(source);
      });
      return success();
    }
    return failure();
  }

  tern::Remarks &remarks;
};

struct FusePrologue : tern::impl::FusePrologueBase<FusePrologue> {
  void runOnOperation() override {
    tern::Remarks remarks(*this, "fused", "not fused");
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseRounding>(&getContext(), remarks);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }
};

} // namespace
