// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention written from primitives becomes tern.attention, which recomputes its probabilities instead of keeping them.
// Per head, with q, k, v (B, T, H D) reshaped to (B, T, H, D) and transposed to (B, H, T, D), or as they are for one
// head:
//
//   scores = q k^T, times or divided by a constant;  masked causally: tern.causal_mask, or a constant added
//   p = softmax(scores), dropped out or not;  o = p v, transposed and reshaped back
//
// What differs from this in one point stays as it is.

#include "compiler/fuse/FuseUtils.h"
#include "compiler/fuse/Passes.h"
#include "dialects/tern/Shapes.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tern {
#define GEN_PASS_DEF_RAISEATTENTION
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

namespace {
/// What the chain from p back to q and k says.
struct Scores {
  Value q, k; // (B, H, T, D) and (B, H, S, D), or (B, H, D, S) unless `transposed`
  bool transposed = false;
  bool causal = false;
  double scale = 1.0;
  DropoutOp dropout;
};
} // namespace

//===-- masks -----------------------------------------------------------------------------------------------------===//

/// 0 where position t may see s <= t + S - T, and at most -1e4 elsewhere, the same in all leading dimensions.
static bool isCausalMask(Value value, ArrayRef<int64_t> scores) {
  DenseFPElementsAttr mask;
  if (!matchPattern(value, m_Constant(&mask)))
    return false;
  ArrayRef<int64_t> shape = mask.getType().getShape();
  int64_t queries = scores[scores.size() - 2], keys = scores.back();
  if (shape.size() < 2 || shape.back() != keys || shape[shape.size() - 2] != queries ||
      mask.getNumElements() != queries * keys)
    return false;
  return llvm::all_of(llvm::enumerate(mask.getValues<FloatAttr>()), [&](auto element) {
    int64_t query = element.index() / keys, key = element.index() % keys;
    double number = element.value().getValueAsDouble();
    return key <= query + keys - queries ? number == 0.0 : number <= -1e4;
  });
}

//===-- scores ----------------------------------------------------------------------------------------------------===//

/// Takes scale factors off a value, in front of the product or behind it.
static Value peelScale(Value value, double &scale) {
  while (true) {
    if (auto product = onlyUseOf<MulOp>(value)) {
      auto parts = constantAndOther(product.getLhs(), product.getRhs());
      if (!parts || parts->second.getType() != value.getType())
        return value;
      scale *= parts->first;
      value = parts->second;
    } else if (auto quotient = onlyUseOf<DivOp>(value)) {
      std::optional<double> divisor = splatNumber(quotient.getRhs());
      if (!divisor || quotient.getLhs().getType() != value.getType())
        return value;
      scale /= *divisor;
      value = quotient.getLhs();
    } else {
      return value;
    }
  }
}

static Value peelMask(Value value, bool &causal) {
  if (auto mask = onlyUseOf<CausalMaskOp>(value)) {
    causal = true;
    return mask.getInput();
  }
  if (auto sum = onlyUseOf<AddOp>(value))
    for (auto [scores, mask] : {std::pair(sum.getLhs(), sum.getRhs()), std::pair(sum.getRhs(), sum.getLhs())})
      if (scores.getType() == value.getType() && isCausalMask(mask, shapeOf(value.getType()))) {
        causal = true;
        return scores;
      }
  return value;
}

/// Reads p = dropout(softmax(mask(scale q k^T))) backwards.
static std::optional<Scores> matchProbabilities(Value p) {
  Scores result;
  if ((result.dropout = onlyUseOf<DropoutOp>(p)))
    p = result.dropout.getInput();
  auto softmax = onlyUseOf<SoftmaxOp>(p);
  if (!softmax || softmax.getAxis() != static_cast<int64_t>(shapeOf(p.getType()).size()) - 1)
    return std::nullopt;
  Value scores = peelScale(peelMask(softmax.getInput(), result.causal), result.scale);
  auto product = onlyUseOf<MatmulOp>(scores);
  if (!product || product.getTransposeA())
    return std::nullopt;
  result.transposed = product.getTransposeB();
  result.q = peelScale(product.getLhs(), result.scale);
  result.k = peelScale(product.getRhs(), result.scale);
  return result;
}

//===-- heads -----------------------------------------------------------------------------------------------------===//

/// (B, T, H D) behind a value (B, H, T, D), or (B, H, D, T) unless `straight`; null when it is not made so.
static Value mergeHeads(Value value, bool straight) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (transpose && !straight && transpose.getPermutation() == ArrayRef<int64_t>{0, 1, 3, 2})
    return mergeHeads(transpose.getInput(), /*straight=*/true);
  SmallVector<int64_t> expected = straight ? SmallVector<int64_t>{0, 2, 1, 3} : SmallVector<int64_t>{0, 2, 3, 1};
  if (!transpose || transpose.getPermutation() != ArrayRef<int64_t>(expected))
    return {};
  auto split = transpose.getInput().getDefiningOp<ReshapeOp>();
  ArrayRef<int64_t> heads = shapeOf(transpose.getInput().getType());
  if (!split || ShapedType::isDynamicShape(heads))
    return {};
  ArrayRef<int64_t> merged = shapeOf(split.getInput().getType());
  bool matches = merged == ArrayRef<int64_t>{heads[0], heads[1], heads[2] * heads[3]};
  return matches ? split.getInput() : Value();
}

/// (B, S, D) behind the k of one head.
static Value singleHeadKey(Value k, bool transposed) {
  if (transposed)
    return k;
  auto transpose = k.getDefiningOp<TransposeOp>();
  bool matches = transpose && transpose.getPermutation() == ArrayRef<int64_t>{0, 2, 1};
  return matches ? transpose.getInput() : Value();
}

//===-- patterns --------------------------------------------------------------------------------------------------===//

/// Replaces `root` by attention over q, k, v (B, T, H D).
static LogicalResult replaceByAttention(Operation *root, const Scores &scores, ValueRange qkv, int64_t heads,
                                        PatternRewriter &rewriter) {
  if (!(scores.scale > 0.0))
    return rewriter.notifyMatchFailure(root, "the scale is not positive");
  DropoutOp dropout = scores.dropout;
  IntegerAttr headCount = rewriter.getI64IntegerAttr(heads);
  rewriter.replaceOpWithNewOp<AttentionOp>(root, qkv, dropout ? dropout.getKey() : Value(), headCount, headCount,
                                           scores.causal ? rewriter.getUnitAttr() : UnitAttr(),
                                           rewriter.getF64FloatAttr(scores.scale),
                                           dropout ? dropout.getRate() : Attribute());
  return success();
}

namespace {

// reshape(transpose(p v)): many heads.
struct RaiseHeads : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto back = onlyUseOf<TransposeOp>(op.getInput());
    bool joinsHeads = back && back.getPermutation() == ArrayRef<int64_t>{0, 2, 1, 3};
    auto product = joinsHeads ? onlyUseOf<MatmulOp>(back.getInput()) : MatmulOp();
    if (!product || product.getTransposeA() || product.getTransposeB())
      return rewriter.notifyMatchFailure(op, "does not join the heads of a product");
    std::optional<Scores> scores = matchProbabilities(product.getLhs());
    if (!scores)
      return rewriter.notifyMatchFailure(op, "the product's left side is not a softmax of scores");
    Value q = mergeHeads(scores->q, /*straight=*/true), k = mergeHeads(scores->k, scores->transposed);
    Value v = mergeHeads(product.getRhs(), /*straight=*/true);
    if (!q || !k || !v)
      return rewriter.notifyMatchFailure(op, "q, k or v is not split into heads as (B, T, H, D)");
    if (q.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "the result has not the shape of q");
    return replaceByAttention(op, *scores, {q, k, v}, shapeOf(back.getType())[2], rewriter);
  }
};

// p v on rank 3: one head.
struct RaiseSingleHead : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    if (op.getTransposeA() || op.getTransposeB() || shapeOf(op.getType()).size() != 3)
      return rewriter.notifyMatchFailure(op, "is not a batch of plain products");
    std::optional<Scores> scores = matchProbabilities(op.getLhs());
    Value k = scores ? singleHeadKey(scores->k, scores->transposed) : Value();
    if (!k)
      return rewriter.notifyMatchFailure(op, "left side is not a softmax of scores");
    Value v = op.getRhs();
    bool rankThree = shapeOf(scores->q.getType()).size() == 3 && shapeOf(k.getType()).size() == 3;
    if (!rankThree || scores->q.getType() != op.getType() || v.getType() != k.getType())
      return rewriter.notifyMatchFailure(op, "q, k and v have not the shapes of one head");
    return replaceByAttention(op, *scores, {scores->q, k, v}, 1, rewriter);
  }
};

struct RaiseAttention : tern::impl::RaiseAttentionBase<RaiseAttention> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseHeads, RaiseSingleHead>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
