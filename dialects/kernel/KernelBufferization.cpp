// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bufferization of the kernel ops: each op becomes itself on memrefs, in the place of its outs. What an op overwrites it
// does not read, so that neither a fill nor a copy of the destination is needed.

#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace tern::kernel;

static bool readsOuts(Operation *op) {
  if (auto contract = dyn_cast<ContractOp>(op))
    return contract.getInit() != InitKind::Zero;
  auto gradient = dyn_cast<CrossEntropyGradOp>(op);
  return isa<ScatterAddOp, WriteRowsOp>(op) || (gradient && !gradient.getLogits());
}

// An extra of a contract is read at (m, n) just before the out is written there, so one buffer may serve as both. So are the
// channels of a pair before they are turned.
static bool isElementwiseExtra(Operation *op, OpOperand &operand) {
  if (isa<RotationOp>(op))
    return operand.getOperandNumber() == 0;
  auto contract = dyn_cast<ContractOp>(op);
  if (!contract || cast<ShapedType>(operand.get().getType()).getRank() != 2)
    return false;
  unsigned first = 2 + (contract.getFlag() ? 1 : 0);
  return operand.getOperandNumber() >= first && operand.getOperandNumber() < first + contract.getExtras().size();
}

namespace {

template <typename OpTy>
struct KernelModel : DstBufferizableOpInterfaceExternalModel<KernelModel<OpTy>, OpTy> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand, const AnalysisState &) const {
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&operand) || readsOuts(op);
  }

  bool bufferizesToElementwiseAccess(Operation *op, const AnalysisState &, ArrayRef<OpOperand *> operands) const {
    auto destination = cast<DestinationStyleOpInterface>(op);
    return llvm::all_of(operands, [&](OpOperand *operand) {
      return destination.isDpsInit(operand) || isElementwiseExtra(op, *operand);
    });
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto destination = cast<DestinationStyleOpInterface>(op);
    if (destination.hasPureBufferSemantics())
      return success();
    SmallVector<Value> operands;
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<TensorType>(operand.get().getType())) {
        operands.push_back(operand.get());
        continue;
      }
      FailureOr<Value> buffer = getBuffer(rewriter, operand.get(), options, state);
      if (failed(buffer))
        return failure();
      operands.push_back(*buffer);
    }
    SmallVector<Value> outs(operands.end() - destination.getNumDpsInits(), operands.end());
    rewriter.setInsertionPoint(op);
    Operation *lowered = cloneWithoutRegions(rewriter, op, TypeRange(), operands);
    for (auto [from, to] : llvm::zip_equal(op->getRegions(), lowered->getRegions()))
      rewriter.inlineRegionBefore(from, to, to.begin());
    replaceOpWithBufferizedValues(rewriter, op, outs);
    return success();
  }
};

} // namespace

void tern::kernel::registerBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, KernelDialect *) {
    ContractOp::attachInterface<KernelModel<ContractOp>>(*context);
    PackOp::attachInterface<KernelModel<PackOp>>(*context);
    AttentionOp::attachInterface<KernelModel<AttentionOp>>(*context);
    AttentionGradOp::attachInterface<KernelModel<AttentionGradOp>>(*context);
    RotationOp::attachInterface<KernelModel<RotationOp>>(*context);
    QuantizeOp::attachInterface<KernelModel<QuantizeOp>>(*context);
    DequantizeOp::attachInterface<KernelModel<DequantizeOp>>(*context);
    InterleaveOp::attachInterface<KernelModel<InterleaveOp>>(*context);
    DeinterleaveOp::attachInterface<KernelModel<DeinterleaveOp>>(*context);
    GatherOp::attachInterface<KernelModel<GatherOp>>(*context);
    WriteRowsOp::attachInterface<KernelModel<WriteRowsOp>>(*context);
    ScatterAddOp::attachInterface<KernelModel<ScatterAddOp>>(*context);
    CrossEntropyOp::attachInterface<KernelModel<CrossEntropyOp>>(*context);
    CrossEntropyGradOp::attachInterface<KernelModel<CrossEntropyGradOp>>(*context);
  });
}
