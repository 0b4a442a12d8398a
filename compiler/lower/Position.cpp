// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: a broadcast sum.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

struct PositionEmbeddingLowering : OpRewritePattern<PositionEmbeddingOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PositionEmbeddingOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    int64_t tokens = op.getType().getShape()[1];
    Value positions = op.getPosition() ? gatherRows(b, op.getTable(), op.getPosition(), tokens)
                                       : sliceRows(b, op.getTable(), b.getIndexAttr(0), tokens); // (T, C) or (B, T, C)
    Value sum = mapElements(b, op.getType().getShape(), op.getType().getElementType(), {op.getInput(), positions},
                            [](ImplicitLocOpBuilder &b, ValueRange in) -> Value {
                              return arith::AddFOp::create(b, in[0], in[1]);
                            });
    rewriter.replaceOp(op, sum);
    return success();
  }

private:
  /// Rows p + t of the table.
  static Value gatherRows(ImplicitLocOpBuilder &b, Value table, Value position, int64_t tokens) {
    SmallVector<int64_t> shape(lower::shapeOf(position)), column(shape);
    shape.push_back(tokens);
    column.push_back(1);
    unsigned tokenLoop = shape.size() - 1;
    Value first = reshapeTensor(b, position, column);
    Value places = mapElements(b, shape, b.getI32Type(), first, [&](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
      Value token = arith::IndexCastOp::create(inner, inner.getI32Type(), linalg::IndexOp::create(inner, tokenLoop));
      return arith::AddIOp::create(inner, token, x[0]);
    });
    int64_t count = ShapedType::getNumElements(shape), channels = lower::shapeOf(table)[1];
    Value out = emptyTensor(b, {count, channels}, lower::elementOf(table));
    Value rows = kernel::GatherOp::create(b, table, reshapeTensor(b, places, {count}), out).getResult(0);
    shape.push_back(channels);
    return reshapeTensor(b, rows, shape);
  }
};

} // namespace

void tern::populatePositionLowering(RewritePatternSet &patterns) {
  patterns.add<PositionEmbeddingLowering>(patterns.getContext());
}
