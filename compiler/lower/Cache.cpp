// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cache family: rows are written by a kernel into the cache, or into the part of it that is one sequence; what is read is a view.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

/// The batch row that a slot is, within the cache.
Value rowOfSlot(ImplicitLocOpBuilder &b, Value slot, int64_t count) {
  Value number = arith::IndexCastOp::create(b, b.getIndexType(), tensor::ExtractOp::create(b, slot, ValueRange()));
  Value zero = arith::ConstantIndexOp::create(b, 0), last = arith::ConstantIndexOp::create(b, count - 1);
  return arith::MinSIOp::create(b, arith::MaxSIOp::create(b, number, zero), last);
}

struct CacheWriteLowering : OpRewritePattern<CacheWriteOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CacheWriteOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto write = [&](Value rows) {
      return kernel::WriteRowsOp::create(b, op.getRows(), op.getPosition(), op.getCount(), rows).getResult(0);
    };
    if (!op.getSlot()) {
      rewriter.replaceOp(op, write(op.getCache()));
      return success();
    }
    Value row = rowOfSlot(b, op.getSlot(), lower::shapeOf(op.getCache())[0]);
    rewriter.replaceOp(op, insertRows(b, write(sliceRows(b, op.getCache(), row, 1)), op.getCache(), row));
    return success();
  }
};

struct CacheReadLowering : OpRewritePattern<CacheReadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CacheReadOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value row = rowOfSlot(b, op.getSlot(), lower::shapeOf(op.getCache())[0]);
    rewriter.replaceOp(op, sliceRows(b, op.getCache(), row, 1));
    return success();
  }
};

// y[b] = x[b T + min(max(count[b], 1), T) - 1]
struct LastRowLowering : OpRewritePattern<LastRowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LastRowOp op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    ArrayRef<int64_t> shape = lower::shapeOf(op.getInput());
    Type i32 = b.getI32Type();
    Value places = mapElements(b, {shape[0]}, i32, op.getCount(), [&](ImplicitLocOpBuilder &inner, ValueRange count) -> Value {
      Value one = constantInt(inner, i32, 1), all = constantInt(inner, i32, shape[1]);
      Value there = arith::MinSIOp::create(inner, arith::MaxSIOp::create(inner, count[0], one), all);
      Value batch = arith::IndexCastOp::create(inner, i32, linalg::IndexOp::create(inner, 0));
      return arith::AddIOp::create(inner, arith::MulIOp::create(inner, batch, all), arith::SubIOp::create(inner, there, one));
    });
    Value table = reshapeTensor(b, op.getInput(), {shape[0] * shape[1], shape[2]});
    Value out = emptyTensor(b, {shape[0], shape[2]}, lower::elementOf(op.getInput()));
    Value rows = kernel::GatherOp::create(b, table, places, out).getResult(0);
    rewriter.replaceOp(op, reshapeTensor(b, rows, op.getType().getShape()));
    return success();
  }
};

} // namespace

void tern::populateCacheLowering(RewritePatternSet &patterns) {
  patterns.add<CacheWriteLowering, CacheReadLowering, LastRowLowering>(patterns.getContext());
}
