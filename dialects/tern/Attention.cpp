// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention family: attention, attention_grad, causal_mask.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <cmath>

using namespace mlir;

namespace tern {

/// 2 flops per multiply-add, for `products` products of T x S x D in every head; half of it when causal, or what a window leaves.
static uint64_t attentionFlops(Type q, Type k, bool causal, int64_t window, uint64_t products) {
  ArrayRef<int64_t> a = shapeOf(q), b = shapeOf(k);
  if (ShapedType::isDynamicShape(a) || ShapedType::isDynamicShape(b))
    return 0;
  uint64_t perKey = 2 * products * a[0] * a[1] * a[2], full = perKey * b[1];
  uint64_t masked = causal ? full / 2 : full;
  return window ? std::min<uint64_t>(masked, perKey * window) : masked;
}

//===-- attention ----------------------------------------------------------------------------------------------------===//

int64_t AttentionOp::getHeadCount() { return literalSize(getHeads()).value_or(0); }

int64_t AttentionOp::getKeyValueHeadCount() {
  return getKvHeads() ? literalSize(*getKvHeads()).value_or(0) : getHeadCount();
}

int64_t AttentionOp::getHeadSize() {
  return getHeadCount() ? shapeOf(getResult().getType()).back() / getHeadCount() : 0;
}

double AttentionOp::getScaleValue() {
  return getScale() ? getScale()->convertToDouble() : 1.0 / std::sqrt(static_cast<double>(getHeadSize()));
}

double AttentionOp::getDropoutRate() { return getDropout() ? literalReal(*getDropout()).value_or(0.0) : 0.0; }

int64_t AttentionOp::getWindowSize() { return getWindow() ? literalSize(*getWindow()).value_or(0) : 0; }

int64_t AttentionOp::getGreatestDistance() { return getMaxDistance() ? literalSize(*getMaxDistance()).value_or(0) : 128; }

/// Buckets of one direction that hold one distance each.
static int64_t exactBuckets(int64_t buckets, bool causal) { return causal ? buckets / 2 : buckets / 4; }

static LogicalResult verifyRelative(AttentionOp op) {
  if (op.getMaxDistance() && !op.getRelative())
    return op.emitOpError("max_distance is that of relative positions; say relative(TABLE) too");
  if (!op.getRelative())
    return success();
  if (op.getAlibi())
    return op.emitOpError("adds alibi and relative positions to the scores; use one");
  int64_t buckets = shapeOf(op.getRelative().getType())[0];
  if (ShapedType::isDynamic(buckets))
    return success();
  if (buckets < 4 || (!op.getCausal() && buckets % 2))
    return op.emitOpError("relative table has ") << buckets << " buckets, expected four or more, and two equal halves without `causal`";
  int64_t exact = exactBuckets(buckets, op.getCausal());
  std::optional<int64_t> distance = op.getMaxDistance() ? literalSize(*op.getMaxDistance()) : op.getGreatestDistance();
  if (distance && *distance <= exact)
    return op.emitOpError("max_distance is ") << *distance << ", expected more than " << exact << ", which have a bucket each";
  return success();
}

LogicalResult AttentionOp::verify() {
  if (getScale() && getScale()->convertToDouble() <= 0)
    return emitOpError("scale must be positive");
  if (double rate = getDropoutRate(); rate < 0 || rate >= 1)
    return emitOpError("dropout rate must be in [0, 1), found ") << rate;
  if (getPosition() && !getCausal())
    return emitOpError("position is that of causal queries; without `causal` no query has one");
  if (getWindow() && !getCausal())
    return emitOpError("window holds the last keys up to the query's own; it needs `causal`");
  if (std::optional<int64_t> window = getWindow() ? literalSize(*getWindow()) : std::nullopt; window && *window < 1)
    return emitOpError("window must be 1 or more, found ") << *window;
  return verifyRelative(*this);
}

/// The result of the packed form: (H + 2 KV) D channels become H D.
static LogicalResult inferPacked(std::optional<Location> loc, Type packed, std::optional<int64_t> heads,
                                 std::optional<int64_t> kvHeads, SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(shapeOf(packed));
  if (!heads || !kvHeads || ShapedType::isDynamic(shape.back())) {
    shape.back() = ShapedType::kDynamic;
  } else {
    int64_t parts = *heads + 2 * *kvHeads;
    if (shape.back() % parts)
      return emitOptionalError(loc, "attention: ", shape.back(), " packed channels do not split into ", *heads,
                               " query heads and 2 x ", *kvHeads, " key-value heads");
    shape.back() = shape.back() / parts * *heads;
  }
  types.push_back(withShape(packed, shape));
  return success();
}

static LogicalResult inferSeparate(std::optional<Location> loc, ValueRange inputs, std::optional<int64_t> heads,
                                   std::optional<int64_t> kvHeads, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> q = shapeOf(inputs[0].getType()), k = shapeOf(inputs[1].getType()), v = shapeOf(inputs[2].getType());
  if (failed(expectExtent(loc, "attention, batch of k", q[0], k[0])) ||
      failed(expectExtent(loc, "attention, batch of v", k[0], v[0])) ||
      failed(expectExtent(loc, "attention, positions of v", k[1], v[1])) ||
      failed(expectExtent(loc, "attention, channels of v", k[2], v[2])))
    return failure();
  if (heads && kvHeads && !ShapedType::isDynamic(q[2]) && !ShapedType::isDynamic(k[2])) {
    if (q[2] % *heads)
      return emitOptionalError(loc, "attention: ", q[2], " channels do not split into ", *heads, " heads");
    if (failed(expectExtent(loc, "attention, channels of k", q[2] / *heads * *kvHeads, k[2])))
      return failure();
  }
  types.push_back(inputs[0].getType());
  return success();
}

/// Lengths have one element per batch row, a position may have.
static LogicalResult checkPositions(std::optional<Location> loc, int64_t batch, Value lengths, Value position) {
  if (lengths && shapeOf(lengths.getType()).empty())
    return emitOptionalError(loc, "attention: lengths has rank 0, expected one length per batch row");
  return failure(failed(expectPositions(loc, "attention, elements of lengths", batch, lengths)) ||
                 failed(expectPositions(loc, "attention, elements of position", batch, position)));
}

/// f32, or f64 where q has it.
static Type sumType(Type q) { return elementOf(q).isF64() ? elementOf(q) : Type(Float32Type::get(q.getContext())); }

/// A table (buckets, H) of the type of sums.
static LogicalResult checkTable(std::optional<Location> loc, Type q, std::optional<int64_t> heads, Value table) {
  if (!table)
    return success();
  ArrayRef<int64_t> shape = shapeOf(table.getType());
  if (shape.size() != 2)
    return emitOptionalError(loc, "attention: the relative table has rank ", shape.size(), ", expected (buckets, heads)");
  if (elementOf(table.getType()) != sumType(q))
    return emitOptionalError(loc, "attention: the relative table has elements of type ", elementOf(table.getType()), ", expected ",
                             sumType(q));
  return expectExtent(loc, "attention, heads of the relative table", heads.value_or(ShapedType::kDynamic), shape[1]);
}

/// (B, H, T).
static Type statisticsType(Type result, std::optional<int64_t> heads) {
  ArrayRef<int64_t> shape = shapeOf(result);
  return RankedTensorType::get({shape[0], heads.value_or(ShapedType::kDynamic), shape[1]}, sumType(result));
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  ValueRange inputs = adaptor.getInputs();
  if (inputs.size() != 1 && inputs.size() != 3)
    return emitOptionalError(loc, "attention takes q, k, v or one packed operand, found ", inputs.size(), " operands");
  for (Value input : inputs)
    if (shapeOf(input.getType()).size() != 3)
      return emitOptionalError(loc, "attention takes operands (B, T, channels), found rank ",
                               shapeOf(input.getType()).size());
  std::optional<int64_t> heads = literalSize(adaptor.getHeads());
  std::optional<int64_t> kvHeads = adaptor.getKvHeads() ? literalSize(*adaptor.getKvHeads()) : heads;
  if (heads && kvHeads && (*heads < 1 || *kvHeads < 1 || *heads % *kvHeads))
    return emitOptionalError(loc, "attention: ", *heads, " heads do not share ", *kvHeads, " key-value heads evenly");
  if (failed(checkPositions(loc, shapeOf(inputs[0].getType())[0], adaptor.getKeyLengths(), adaptor.getPosition())) ||
      failed(checkTable(loc, inputs[0].getType(), heads, adaptor.getRelative())) ||
      failed(inputs.size() == 1 ? inferPacked(loc, inputs[0].getType(), heads, kvHeads, types)
                                : inferSeparate(loc, inputs, heads, kvHeads, types)))
    return failure();
  if (adaptor.getStatistics())
    types.push_back(statisticsType(types[0], heads));
  return success();
}

bool AttentionOp::isRandom() { return getDropout() && literalReal(*getDropout()) != 0.0; }
void AttentionOp::removeNoise() { removeDropoutAttr(); }
Value AttentionOp::getRandomKey() { return getKey(); }
void AttentionOp::setRandomKey(Value key) { getKeyMutable().assign(key); }
Value AttentionOp::getNoiseFreeValue() { return Value(); }

/// Channels [first, first + count) of a packed projection.
static Value channels(OpBuilder &b, Location loc, Value packed, int64_t first, int64_t count) {
  ArrayRef<int64_t> shape = shapeOf(packed.getType());
  return SliceOp::create(b, loc, packed, ArrayRef<int64_t>{0, 0, first}, ArrayRef<int64_t>{shape[0], shape[1], count},
                         /*strides=*/nullptr);
}

SmallVector<Value> AttentionOp::unpack(OpBuilder &b) {
  if (!isPacked())
    return {getInputs().begin(), getInputs().end()};
  int64_t q = shapeOf(getResult().getType()).back(), kv = getHeadSize() * getKeyValueHeadCount();
  Value packed = getInputs()[0];
  return {channels(b, getLoc(), packed, 0, q), channels(b, getLoc(), packed, q, kv),
          channels(b, getLoc(), packed, q + kv, kv)};
}

/// The op with a second result for its gradient. It takes the place of one that has none, which nobody uses any more.
static AttentionOp withStatistics(AttentionOp op) {
  if (op.getStatistics())
    return op;
  OpBuilder b(op);
  auto whole = AttentionOp::create(b, op.getLoc(), op.getInputs(), op.getKeyLengths(), op.getPosition(), op.getRelative(),
                                   op.getKey(), op.getHeads(), op.getKvHeadsAttr(), op.getCausalAttr(), op.getScaleAttr(),
                                   op.getWindowAttr(), op.getAlibiAttr(), op.getMaxDistanceAttr(), op.getDropoutAttr(),
                                   b.getUnitAttr());
  whole->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  op.getResult().replaceAllUsesWith(whole.getResult());
  return whole;
}

// dq, dk, dv as in attention_grad; the packed form gets them side by side.
void AttentionOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  SmallVector<Value> qkv = unpack(b);
  Value cotangent = g.cotangent();
  AttentionOp forward = withStatistics(*this);
  auto grad = AttentionGradOp::create(b, g.getLoc(), qkv[0], qkv[1], qkv[2], forward.getResult(), forward.getLogSumExp(),
                                      cotangent, getKeyLengths(), getPosition(), getRelative(), getKey(), getHeadCount(),
                                      getKeyValueHeadCount(), getCausal(), b.getF64FloatAttr(getScaleValue()).getValue(),
                                      getWindowSize(), getAlibi(), getGreatestDistance(),
                                      b.getF64FloatAttr(getKey() ? getDropoutRate() : 0.0).getValue());
  g.accumulate(getRelative(), grad.getDrelative());
  if (isPacked())
    return g.accumulate(0u, ConcatOp::create(b, g.getLoc(), grad.getResults().take_front(3), /*dim=*/2));
  for (unsigned operand = 0; operand < 3; ++operand)
    g.accumulate(operand, grad.getResult(operand));
}

/// Queries along the sequence look back at keys along it. Keys that are not, such as those of an encoder, are looked at whole.
LogicalResult AttentionOp::followSequence(SequenceDims &dims) {
  std::optional<int64_t> ofKeys = dims.of(getInputs().back());
  bool isAlong = dims.of(getInputs().front()) == 1 && (isPacked() || dims.of(getInputs()[1]) == ofKeys);
  bool knowsDistances = getAlibi() || getRelative();
  bool isCausal = getCausal() && ofKeys == 1, isAcross = !getCausal() && !ofKeys && !knowsDistances;
  if (!isAlong || getPosition() || (!isCausal && !isAcross))
    return failure();
  dims.set(getResult(), 1);
  return success();
}

bool AttentionOp::isPositionwise() { return !getCausal(); }

/// Rows of k and v go into caches, which the queries see up to their positions.
LogicalResult AttentionOp::buildStep(StepBuilder &step) {
  if (!getCausal())
    return success();
  OpBuilder b(*this);
  SmallVector<Value> qkv = unpack(b);
  Value keys = step.cache(*this, "key", qkv[1]), values = step.cache(*this, "value", qkv[2]);
  if (!keys || !values)
    return failure();
  getInputsMutable().assign({qkv[0], keys, values});
  getPositionMutable().assign(step.position());
  return success();
}

SmallVector<OpOperand *> AttentionOp::getFactors() {
  return llvm::to_vector(llvm::make_pointer_range(getInputsMutable()));
}

uint64_t AttentionOp::getFlops() {
  return attentionFlops(getResult().getType(), getInputs()[isPacked() ? 0 : 1].getType(), getCausal(),
                        getWindowSize(), 2);
}

//===-- attention_grad -----------------------------------------------------------------------------------------------===//

LogicalResult AttentionGradOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  for (auto [name, value] : {std::pair("cotangent", adaptor.getCotangent()), std::pair("o", adaptor.getOutput())})
    if (value.getType() != adaptor.getQ().getType())
      return emitOptionalError(loc, "attention_grad: ", name, " has type ", value.getType(), ", expected ",
                               adaptor.getQ().getType());
  types.append({adaptor.getQ().getType(), adaptor.getK().getType(), adaptor.getV().getType()});
  if (adaptor.getRelative())
    types.push_back(adaptor.getRelative().getType());
  return success();
}

SmallVector<OpOperand *> AttentionGradOp::getFactors() {
  return {&getQMutable(), &getKMutable(), &getVMutable(), &getOutputMutable(), &getCotangentMutable()};
}

uint64_t AttentionGradOp::getFlops() {
  return attentionFlops(getQ().getType(), getK().getType(), getCausal(), getWindow(), 5);
}

//===-- causal_mask ----------------------------------------------------------------------------------------------===//

LogicalResult CausalMaskOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> scores = shapeOf(adaptor.getInput().getType());
  if (scores.size() < 2)
    return emitOptionalError(loc, "causal_mask takes scores (..., T, S), found rank ", scores.size());
  bool known = !ShapedType::isDynamic(scores.back()) && !ShapedType::isDynamic(scores[scores.size() - 2]);
  if (known && scores.back() < scores[scores.size() - 2])
    return emitOptionalError(loc, "causal_mask: ", scores[scores.size() - 2], " queries see only ", scores.back(),
                             " keys; the first ones would see nothing");
  types.push_back(adaptor.getInput().getType());
  return success();
}

// y = x where seen, fill elsewhere      dx = dy where seen, 0 elsewhere
void CausalMaskOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  g.accumulate(0u, CausalMaskOp::create(b, g.getLoc(), g.cotangent(), b.getF64FloatAttr(0.0)));
}

} // namespace tern
