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
#include "compiler/support/Remarks.h"
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

/// The softmax that makes p, behind a dropout or not, whoever else reads it.
static SoftmaxOp softmaxBehind(Value p) {
  if (auto dropout = p.getDefiningOp<DropoutOp>())
    p = dropout.getInput();
  return p.getDefiningOp<SoftmaxOp>();
}

/// True when ops that keep the shape make the scores of a product: then p v is meant to be attention.
static bool comeFromProduct(Value scores) {
  while (Operation *op = scores.getDefiningOp()) {
    if (isa<MatmulOp>(op))
      return true;
    auto before = llvm::find_if(op->getOperands(), [&](Value operand) { return operand.getType() == scores.getType(); });
    if (before == op->operand_end())
      return false;
    scores = *before;
  }
  return false;
}

/// Reads p = dropout(softmax(mask(scale q k^T))) backwards from p v. What is no such product at all fails without a word.
static FailureOr<Scores> matchProbabilities(MatmulOp attended, PatternRewriter &rewriter) {
  auto refuse = [&](const Twine &why) { return rewriter.notifyMatchFailure(attended, why); };
  Value p = attended.getLhs();
  SoftmaxOp softmax = softmaxBehind(p);
  if (!softmax || !comeFromProduct(softmax.getInput()))
    return failure();
  if (attended.getTransposeA() || attended.getTransposeB())
    return refuse("the product of probabilities and v transposes one of them");
  if (!p.hasOneUse() || !softmax->hasOneUse())
    return refuse("somebody else reads the probabilities");
  if (softmax.getAxis() != static_cast<int64_t>(shapeOf(p.getType()).size()) - 1)
    return refuse("the softmax is not over the keys, the last dimension");
  Scores result;
  result.dropout = p.getDefiningOp<DropoutOp>();
  Value scores = peelScale(peelMask(softmax.getInput(), result.causal), result.scale);
  auto product = scores.getDefiningOp<MatmulOp>();
  if (product ? !product->hasOneUse() : !scores.hasOneUse())
    return refuse("somebody else reads the scores");
  if (!product)
    return refuse("'" + scores.getDefiningOp()->getName().getStringRef() +
                  "' stands between q k^T and the softmax, where only a constant scale and then a causal mask may");
  if (product.getTransposeA())
    return refuse("the product that makes the scores transposes q");
  result.transposed = product.getTransposeB();
  result.q = peelScale(product.getLhs(), result.scale);
  result.k = peelScale(product.getRhs(), result.scale);
  if (!(result.scale > 0.0))
    return refuse("the scale is not positive");
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
static void replaceByAttention(Operation *root, const Scores &scores, ValueRange qkv, int64_t heads, PatternRewriter &rewriter) {
  DropoutOp dropout = scores.dropout;
  IntegerAttr headCount = rewriter.getI64IntegerAttr(heads);
  rewriter.replaceOpWithNewOp<AttentionOp>(root, qkv, /*key_lengths=*/Value(), /*position=*/Value(),
                                           /*relative=*/Value(), dropout ? dropout.getKey() : Value(), headCount, headCount,
                                           scores.causal ? rewriter.getUnitAttr() : UnitAttr(),
                                           rewriter.getF64FloatAttr(scores.scale), /*window=*/Attribute(),
                                           /*alibi=*/UnitAttr(), /*max_distance=*/Attribute(),
                                           dropout ? dropout.getRate() : Attribute(), /*statistics=*/UnitAttr());
}

/// reshape(transpose(value)) that joins heads, or null.
static ReshapeOp joinOfHeads(Value value) {
  auto back = value.hasOneUse() ? dyn_cast<TransposeOp>(*value.user_begin()) : TransposeOp();
  bool isBack = back && back->hasOneUse() && back.getPermutation() == ArrayRef<int64_t>{0, 2, 1, 3};
  return isBack ? dyn_cast<ReshapeOp>(*back->user_begin()) : ReshapeOp();
}

namespace {

// reshape(transpose(p v)) on rank 4: many heads.
struct RaiseHeads : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    if (shapeOf(op.getType()).size() != 4)
      return failure();
    FailureOr<Scores> scores = matchProbabilities(op, rewriter);
    if (failed(scores))
      return failure();
    ReshapeOp joined = joinOfHeads(op.getResult());
    if (!joined)
      return rewriter.notifyMatchFailure(op, "transpose [0, 2, 1, 3] and reshape do not join the heads of the result");
    Value q = mergeHeads(scores->q, /*straight=*/true), k = mergeHeads(scores->k, scores->transposed);
    Value v = mergeHeads(op.getRhs(), /*straight=*/true);
    for (auto [name, value] : {std::pair("q", q), std::pair("k", k), std::pair("v", v)})
      if (!value)
        return rewriter.notifyMatchFailure(op, Twine(name) + " is not (B, T, H D) that reshape and transpose split into heads");
    if (q.getType() != joined.getType())
      return rewriter.notifyMatchFailure(op, "the result has not the shape of q");
    replaceByAttention(joined, *scores, {q, k, v}, shapeOf(op.getType())[1], rewriter);
    return success();
  }
};

// p v on rank 3: one head.
struct RaiseSingleHead : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    if (shapeOf(op.getType()).size() != 3)
      return failure();
    FailureOr<Scores> scores = matchProbabilities(op, rewriter);
    if (failed(scores))
      return failure();
    Value k = singleHeadKey(scores->k, scores->transposed), v = op.getRhs();
    bool rankThree = k && shapeOf(scores->q.getType()).size() == 3 && shapeOf(k.getType()).size() == 3;
    if (!rankThree || scores->q.getType() != op.getType() || v.getType() != k.getType())
      return rewriter.notifyMatchFailure(op, "q, k and v have not the shapes (B, T, D), (B, S, D), (B, S, D) of one head");
    replaceByAttention(op, *scores, {scores->q, k, v}, 1, rewriter);
    return success();
  }
};

struct RaiseAttention : tern::impl::RaiseAttentionBase<RaiseAttention> {
  void runOnOperation() override {
    Remarks remarks(*this, "raised", "not raised");
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseHeads, RaiseSingleHead>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&remarks))))
      signalPassFailure();
  }
};

} // namespace
