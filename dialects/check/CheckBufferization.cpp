// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bufferization of check.equal and check.almost_equal: they read both operands and make nothing.

#include "dialects/check/Check.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace tern::check;

namespace {
template <typename Check>
struct ComparisonModel : BufferizableOpInterface::ExternalModel<ComparisonModel<Check>, Check> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &, const AnalysisState &) const { return true; }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &, const AnalysisState &) const { return false; }
  AliasingValueList getAliasingValues(Operation *, OpOperand &, const AnalysisState &) const { return {}; }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    FailureOr<Value> actual = getBuffer(rewriter, op->getOperand(0), options, state);
    FailureOr<Value> expected = getBuffer(rewriter, op->getOperand(1), options, state);
    if (failed(actual) || failed(expected))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op->setOperands({*actual, *expected}); });
    return success();
  }
};
} // namespace

void tern::check::registerBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, CheckDialect *) {
    EqualOp::attachInterface<ComparisonModel<EqualOp>>(*context);
    AlmostEqualOp::attachInterface<ComparisonModel<AlmostEqualOp>>(*context);
  });
}
