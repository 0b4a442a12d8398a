// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// linear_cross_entropy and its gradient: chunks of rows, so that the logits of one chunk are all that ever exists. For
// a chunk of x (R, C), weight W (V, C) and targets (R):
//
//   logits = x W^T;  loss, lse = cross_entropy(logits);  d = scale (softmax - onehot), in the place of the logits
//   dx = d W;  dW = d^T x, which the first chunk writes and the others add to

#include "compiler/lower/LossUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

static constexpr int64_t smallestChunk = 64, largestChunk = 256;

/// Rows per chunk: at most half of all, so that the logits are never there as a whole, between 64 (below, reading the weight
/// takes longer than the products) and 256. The largest divisor of `rows` in that range, else a shorter last chunk.
static int64_t chunkOf(int64_t rows) {
  int64_t most = std::min({rows, largestChunk, std::max((rows + 1) / 2, smallestChunk)}), chunk = most;
  while (rows % chunk != 0)
    --chunk;
  return chunk >= std::min(most, smallestChunk) ? chunk : most;
}

/// Runs `body(first row, rows, state)` over all chunks; state goes from each to the next.
static SmallVector<Value>
forEachChunk(ImplicitLocOpBuilder &b, int64_t rows, SmallVector<Value> state,
             llvm::function_ref<SmallVector<Value>(ImplicitLocOpBuilder &, OpFoldResult, int64_t, ValueRange)> body) {
  int64_t chunk = chunkOf(rows), whole = rows / chunk * chunk;
  if (whole == chunk) {
    state = body(b, b.getIndexAttr(0), chunk, state);
  } else {
    Value low = arith::ConstantIndexOp::create(b, 0), high = arith::ConstantIndexOp::create(b, whole);
    Value step = arith::ConstantIndexOp::create(b, chunk);
    auto loop = scf::ForOp::create(b, low, high, step, state,
                                   [&](OpBuilder &inner, Location loc, Value first, ValueRange carried) {
                                     ImplicitLocOpBuilder bodyBuilder(loc, inner);
                                     scf::YieldOp::create(bodyBuilder, body(bodyBuilder, first, chunk, carried));
                                   });
    state.assign(loop.result_begin(), loop.result_end());
  }
  return whole == rows ? state : body(b, b.getIndexAttr(whole), rows - whole, state);
}

namespace {
/// One chunk: its logits, and the losses of its rows.
struct Chunk {
  Value input, targets, logits, rowLoss, rowLse;

  Chunk(ImplicitLocOpBuilder &b, Value x, Value weight, Value allTargets, Value allLosses, OpFoldResult first,
        int64_t rows, ClassTargets which)
      : input(sliceRows(b, x, first, rows)), targets(sliceRows(b, allTargets, first, rows)) {
    Type element = elementOf(allLosses);
    Value place = emptyTensor(b, {rows, shapeOf(weight)[0]}, element);
    logits =
        kernel::ContractOp::create(b, input, weight, place, /*transposeA=*/false, /*transposeB=*/true)->getResult(0);
    auto perRow = kernel::CrossEntropyOp::create(b, logits, targets, sliceRows(b, allLosses, first, rows),
                                                 emptyTensor(b, {rows}, element), which.ignoreIndex);
    rowLoss = smoothedLosses(b, perRow->getResults(), logits, targets, which);
    rowLse = perRow->getResult(1);
  }

  /// d, in the place of the logits where it has their type.
  Value gradient(ImplicitLocOpBuilder &b, Value scale, Type element, ClassTargets which) {
    bool isInPlace = elementOf(logits) == element;
    Value out = isInPlace ? logits : emptyTensor(b, lower::shapeOf(logits), element), kept = isInPlace ? Value() : logits;
    Value plain = kernel::CrossEntropyGradOp::create(b, targets, rowLse, scale, kept, out, which.ignoreIndex)->getResult(0);
    return smoothedGradient(b, plain, targets, scale, which);
  }
};

/// Whether a chunk in a loop adds to dW: every one but the first, and that one too where `onto` says so.
Value addsInLoop(ImplicitLocOpBuilder &b, Value first, Value onto) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value adds = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, first, zero);
  if (onto)
    adds = arith::OrIOp::create(b, adds, tensor::ExtractOp::create(b, onto, ValueRange()));
  return tensor::FromElementsOp::create(b, RankedTensorType::get({}, b.getI1Type()), adds);
}

/// d^T x added to dW. The first chunk overwrites dW, or adds to it where the flag `onto` is given and holds.
Value addWeightGradient(ImplicitLocOpBuilder &b, Value d, Value input, Value dweight, OpFoldResult first, Value onto) {
  auto init = kernel::InitKind::Add;
  Value flag;
  if (auto index = dyn_cast<Value>(first)) {
    init = kernel::InitKind::Flag;
    flag = addsInLoop(b, index, onto);
  } else if (isZeroInteger(first)) {
    init = onto ? kernel::InitKind::Flag : kernel::InitKind::Zero;
    flag = onto;
  }
  return kernel::ContractOp::create(b, d, input, dweight, /*transposeA=*/true, /*transposeB=*/false, init, flag)
      ->getResult(0);
}

struct LowerLinearCrossEntropy : OpConversionPattern<LinearCrossEntropyOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(LinearCrossEntropyOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type element = cast<RankedTensorType>(op.getType()).getElementType();
    Value targets = flatTargets(b, adaptor.getTargets());
    int64_t rows = shapeOf(targets)[0], ignored = op.getIgnoreIndex();
    ClassTargets which{ignored, op.getLabelSmoothing().convertToDouble()};
    Value x = flatRows(b, adaptor.getInput(), rows);
    auto body = [&](ImplicitLocOpBuilder &inner, OpFoldResult first, int64_t count,
                    ValueRange state) -> SmallVector<Value> {
      Chunk chunk(inner, x, adaptor.getWeight(), targets, state[0], first, count, which);
      return {insertRows(inner, chunk.rowLoss, state[0], first)};
    };
    Value losses = forEachChunk(b, rows, {emptyTensor(b, {rows}, element)}, body)[0];
    rewriter.replaceOp(op, quotient(b, sumOver(b, losses, {0}), keptTargets(b, targets, ignored, element)));
    return success();
  }
};

struct LowerLinearCrossEntropyGrad : OpConversionPattern<LinearCrossEntropyGradOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(LinearCrossEntropyGradOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value weight = adaptor.getWeight(), targets = flatTargets(b, adaptor.getTargets());
    Type element = cast<RankedTensorType>(op.getLoss().getType()).getElementType();
    int64_t rows = shapeOf(targets)[0], ignored = op.getIgnoreIndex();
    ClassTargets which{ignored, op.getLabelSmoothing().convertToDouble()};
    Value x = flatRows(b, adaptor.getInput(), rows), kept = keptTargets(b, targets, ignored, element);
    Value scale = quotient(b, adaptor.getCotangent(), kept);
    // State: losses of rows, dx, dW.
    auto body = [&](ImplicitLocOpBuilder &inner, OpFoldResult first, int64_t count,
                    ValueRange state) -> SmallVector<Value> {
      Chunk chunk(inner, x, weight, targets, state[0], first, count, which);
      Value d = chunk.gradient(inner, scale, elementOf(weight), which);
      Value dx = kernel::ContractOp::create(inner, d, weight, sliceRows(inner, state[1], first, count))->getResult(0);
      Value dweight = addWeightGradient(inner, d, chunk.input, state[2], first, adaptor.getFlag());
      return {insertRows(inner, chunk.rowLoss, state[0], first), insertRows(inner, dx, state[1], first), dweight};
    };
    SmallVector<Value> state = {emptyTensor(b, {rows}, element), emptyTensor(b, shapeOf(x), element),
                                adaptor.getOnto() ? adaptor.getOnto() : emptyTensor(b, shapeOf(weight), element)};
    state = forEachChunk(b, rows, state, body);
    Value loss = quotient(b, sumOver(b, state[0], {0}), kept);
    rewriter.replaceOp(op, {loss, reshapeTensor(b, state[1], shapeOf(op.getDinput())), state[2]});
    return success();
  }
};
} // namespace

void tern::populateLossLinearLowering(RewritePatternSet &patterns) {
  patterns.add<LowerLinearCrossEntropy, LowerLinearCrossEntropyGrad>(patterns.getContext());
}
