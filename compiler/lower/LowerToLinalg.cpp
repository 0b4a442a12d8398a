// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the model floor to the tensor floor: runs the conversions of all families. What an op becomes is in its family's
// file.

#include "compiler/lower/Lower.h"
#include "compiler/lower/Passes.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Transforms/DialectConversion.h"

namespace tern {
#define GEN_PASS_DEF_LOWERTOLINALG
#include "compiler/lower/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

static bool isDynamic(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped && !shaped.hasStaticShape();
}

/// Every tern op has static shapes, and its key when it is random. Reports every op that has not.
static LogicalResult checkReady(ModuleOp module) {
  bool ready = true;
  module.walk([&](Operation *op) {
    if (!isa_and_present<TernDialect>(op->getDialect()))
      return;
    auto dynamicOperand = llvm::find_if(op->getOperandTypes(), isDynamic);
    auto dynamicResult = llvm::find_if(op->getResultTypes(), isDynamic);
    if (dynamicOperand != op->operand_type_end() || dynamicResult != op->result_type_end()) {
      Type type = dynamicResult != op->result_type_end() ? *dynamicResult : *dynamicOperand;
      op->emitOpError("has the dynamic shape ") << type << "; bind it with --batch and --seq";
      ready = false;
    }
    if (isa<ScanOp, Decomposable>(op)) {
      op->emitOpError("is written out before; run ") << (isa<ScanOp>(op) ? "tern-repeat-scan" : "tern-decompose");
      ready = false;
    }
    auto stochastic = dyn_cast<Stochastic>(op);
    if (stochastic && stochastic.isRandom() && !stochastic.getRandomKey()) {
      op->emitOpError("has no random key; run tern-seed-random before");
      ready = false;
    }
  });
  return success(ready);
}

/// Upstream's elementwise ops on tensors are lowered here too.
static bool isScalarOrForeign(Operation *op) {
  return !OpTrait::hasElementwiseMappableTraits(op) || llvm::none_of(op->getOperandTypes(), llvm::IsaPred<TensorType>);
}

namespace {
struct LowerToLinalg : tern::impl::LowerToLinalgBase<LowerToLinalg> {
  void runOnOperation() override {
    if (failed(checkReady(getOperation())))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    populateAttentionLowering(patterns);
    populateCacheLowering(patterns);
    populateCompareLowering(patterns);
    populateElementwiseLowering(patterns);
    populateGatedLowering(patterns);
    populateGatherLowering(patterns);
    populateLinearLowering(patterns);
    populateLossLowering(patterns);
    populateNormLowering(patterns);
    populateOptimLowering(patterns);
    populatePositionLowering(patterns);
    populateRandomLowering(patterns);
    populateRecurrentLowering(patterns);
    populateReduceLowering(patterns);
    populateShapeLowering(patterns);
    populateStructureLowering(patterns);
    linalg::populateElementwiseToLinalgConversionPatterns(patterns);

    ConversionTarget target(getContext());
    target.addIllegalDialect<TernDialect>();
    target.markUnknownOpDynamicallyLegal(isScalarOrForeign);
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
