// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bufferization of check.almost_equal: it reads both operands and makes nothing.

#include "dialects/check/Check.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace tern::check;

namespace {
struct AlmostEqualModel : BufferizableOpInterface::ExternalModel<AlmostEqualModel, AlmostEqualOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &, const AnalysisState &) const { return true; }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &, const AnalysisState &) const { return false; }
  AliasingValueList getAliasingValues(Operation *, OpOperand &, const AnalysisState &) const { return {}; }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto check = cast<AlmostEqualOp>(op);
    FailureOr<Value> actual = getBuffer(rewriter, check.getActual(), options, state);
    FailureOr<Value> expected = getBuffer(rewriter, check.getExpected(), options, state);
    if (failed(actual) || failed(expected))
      return failure();
    AlmostEqualOp::create(rewriter, op->getLoc(), *actual, *expected, check.getRtolAttr(), check.getAtolAttr());
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void tern::check::registerBufferization(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, CheckDialect *) { AlmostEqualOp::attachInterface<AlmostEqualModel>(*context); });
}
