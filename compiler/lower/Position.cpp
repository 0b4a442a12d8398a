// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: a broadcast sum.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

struct PositionEmbeddingLowering : OpRewritePattern<PositionEmbeddingOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PositionEmbeddingOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value positions = sliceRows(b, op.getTable(), b.getIndexAttr(0), op.getType().getShape()[1]); // (T, C)
    Value sum = mapElements(b, op.getType().getShape(), op.getType().getElementType(), {op.getInput(), positions},
                            [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
                              return arith::AddFOp::create(b, in[0], in[1]);
                            });
    rewriter.replaceOp(op, sum);
    return success();
  }
};

} // namespace

void tern::populatePositionLowering(RewritePatternSet &patterns) {
  patterns.add<PositionEmbeddingLowering>(patterns.getContext());
}
