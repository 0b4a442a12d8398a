// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gated family: f(gate) up, which fuse-elementwise makes one op of, or the epilogue of the product before it.

#include "compiler/lower/Lower.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;

namespace {
template <typename Op>
struct LowerGated : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    SmallVector<Value> parts = op.unpack(rewriter);
    rewriter.replaceOpWithNewOp<MulOp>(op, op.activate(rewriter, parts[0]), parts[1]);
    return success();
  }
};
} // namespace

void tern::populateGatedLowering(RewritePatternSet &patterns) {
  patterns.add<LowerGated<SwigluOp>, LowerGated<GegluOp>>(patterns.getContext());
}
