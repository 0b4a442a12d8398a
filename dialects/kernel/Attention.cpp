// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern_kernel.attention and attention_grad: builders, verify, cost.

#include "dialects/kernel/KernelUtils.h"

#include <algorithm>

using namespace mlir;
using namespace tern::kernel;

//===----------------------------------------------------------------------===//
// Shared
//===----------------------------------------------------------------------===//

template <typename AttentionLike>
static void buildAttention(OpBuilder &builder, OperationState &state, ValueRange inputs, const AttentionMask &mask,
                           ValueRange outs, int64_t heads, int64_t kvHeads, double scale) {
  auto &properties = state.getOrAddProperties<typename AttentionLike::Properties>();
  auto &sizes = properties.operandSegmentSizes;
  std::fill(sizes.begin(), sizes.end(), 1);
  state.addOperands(inputs);
  size_t segment = inputs.size();
  for (Value optional : {mask.keyLengths, mask.position, mask.bias, mask.key}) {
    sizes[segment++] = optional ? 1 : 0;
    if (optional)
      state.addOperands(optional);
  }
  sizes[segment] = outs.size();
  state.addOperands(outs);
  properties.heads = builder.getI64IntegerAttr(heads);
  properties.kv_heads = builder.getI64IntegerAttr(kvHeads);
  properties.causal = mask.causal ? builder.getUnitAttr() : nullptr;
  properties.scale = builder.getF64FloatAttr(scale);
  properties.window = builder.getI64IntegerAttr(mask.window);
  properties.dropout = builder.getF64FloatAttr(mask.dropout);
  state.addTypes(resultTypes(outs));
}

static int64_t visiblePairs(int64_t queries, int64_t keys, bool causal, int64_t window) {
  if (!causal)
    return product({queries, keys});
  int64_t pairs = 0, most = window ? std::min(window, keys) : keys;
  for (int64_t t = 0; t < queries; ++t)
    pairs += std::clamp<int64_t>(t + keys - queries + 1, 0, most);
  return pairs;
}

static Type elementOf(Value value) { return shaped(value).getElementType(); }

// f64 goes with f64 only; f32 and bf16 may be mixed.
static LogicalResult verifyElement(Operation *op, Value value, StringRef name, Value q) {
  Type element = elementOf(value);
  if (!element.isF32() && !element.isF64() && !element.isBF16())
    return op->emitOpError() << name << " has elements of type " << element << ", expected f32, bf16 or f64";
  if (element.isF64() == elementOf(q).isF64())
    return success();
  return op->emitOpError() << name << " has elements of type " << element << ", but q of type " << elementOf(q);
}

static Type sumTypeOf(Value q) {
  return elementOf(q).isF64() ? elementOf(q) : Type(Float32Type::get(q.getContext()));
}

// (B, H, T) in the type of sums.
template <typename AttentionLike>
static LogicalResult verifyStatistics(AttentionLike op, Value value) {
  if (elementOf(value) != op.getSumType())
    return op.emitOpError() << "log_sum_exp has elements of type " << elementOf(value) << ", expected " << op.getSumType();
  if (failed(verifyRank(op, value, "log_sum_exp", 3)) ||
      failed(verifySame(op, "the batch of log_sum_exp", dim(value, 0), "that of q", op.getBatch())) ||
      failed(verifySame(op, "heads of log_sum_exp", dim(value, 1), "heads", op.getHeads())))
    return failure();
  return verifySame(op, "rows of log_sum_exp", dim(value, 2), "rows of q", op.getQueryLength());
}

static LogicalResult verifyInteger(Operation *op, Value value, StringRef name, int64_t batch, bool scalarToo) {
  if (!elementOf(value).isInteger(32))
    return op->emitOpError() << name << " has elements of type " << elementOf(value) << ", expected i32";
  if (scalarToo && shaped(value).getRank() == 0)
    return success();
  if (failed(verifyRank(op, value, name, 1)))
    return failure();
  return verifySame(op, "the number of elements of " + name, dim(value, 0), "the batch of q", batch);
}

// (H, N + S - 1) in the type of sums.
template <typename AttentionLike>
static LogicalResult verifyBias(AttentionLike op, Value bias, StringRef name) {
  if (elementOf(bias) != op.getSumType())
    return op.emitOpError() << name << " has elements of type " << elementOf(bias) << ", expected " << op.getSumType();
  if (failed(verifyRank(op, bias, name, 2)) ||
      failed(verifySame(op, "heads of " + name, dim(bias, 0), "heads", op.getHeads())))
    return failure();
  return verifySame(op, "distances of " + name, dim(bias, 1), "places and keys less one", op.getPlaces() + op.getKeyLength() - 1);
}

template <typename AttentionLike>
static LogicalResult verifyMask(AttentionLike op) {
  if (op.getDropout().convertToDouble() > 0 && !op.getKey())
    return op.emitOpError() << "dropout " << op.getDropout().convertToDouble() << " needs a key";
  int64_t batch = dim(op.getQ(), 0);
  if (op.getKeyLengths() && failed(verifyInteger(op, op.getKeyLengths(), "lengths", batch, false)))
    return failure();
  if (op.getPosition() && !op.getCausal())
    return op.emitOpError() << "has a position, which only causal attention uses";
  if (int64_t(op.getWindow()) < 0 || (op.getWindow() && !op.getCausal()))
    return op.emitOpError() << "has a window of " << int64_t(op.getWindow()) << "; expected 1 or more, and causal attention";
  if (op.getBias() && failed(verifyBias(op, op.getBias(), "bias")))
    return failure();
  if (op.getBias() && op.getScale().convertToDouble() == 0)
    return op.emitOpError("has a bias, which needs a scale other than 0");
  if (op.getPosition())
    return verifyInteger(op, op.getPosition(), "position", batch, true);
  if (op.getCausal() && op.getKeyLength() < op.getQueryLength())
    return op.emitOpError() << "causal attention has " << op.getKeyLength() << " key positions, fewer than its "
                            << op.getQueryLength() << " query positions";
  return success();
}

template <typename AttentionLike>
static LogicalResult verifyAttention(AttentionLike op) {
  std::pair<StringRef, Value> operands[] = {{"q", op.getQ()}, {"k", op.getK()}, {"v", op.getV()}};
  for (auto [name, value] : operands)
    if (failed(verifyRank(op, value, name, 3)) || failed(verifyElement(op, value, name, op.getQ())))
      return failure();
  if (op.getHeads() <= 0 || op.getKvHeads() <= 0 || op.getHeads() % op.getKvHeads())
    return op.emitOpError() << "heads is " << op.getHeads() << ", which is not a multiple of kv_heads, " << op.getKvHeads();
  if (dim(op.getQ(), 2) % int64_t(op.getHeads()))
    return op.emitOpError() << "channels of q is " << dim(op.getQ(), 2) << ", which is not a multiple of heads, "
                            << op.getHeads();
  int64_t channels = op.getHeadSize() * int64_t(op.getKvHeads());
  if (failed(verifySame(op, "batch of q", dim(op.getQ(), 0), "batch of k", dim(op.getK(), 0))) ||
      failed(verifySame(op, "channels of k", dim(op.getK(), 2), "kv_heads times the head size", channels)))
    return failure();
  for (unsigned i = 0; i < 3; ++i)
    if (failed(verifySame(op, "dimension " + Twine(i) + " of v", dim(op.getV(), i), "that of k", dim(op.getK(), i))))
      return failure();
  return verifyMask(op);
}

static LogicalResult verifyLike(Operation *op, Value value, StringRef name, Value like, StringRef likeName) {
  if (failed(verifyElement(op, value, name, like)) || failed(verifyRank(op, value, name, shaped(like).getRank())))
    return failure();
  for (int64_t i = 0; i < shaped(like).getRank(); ++i)
    if (failed(verifySame(op, "dimension " + Twine(i) + " of " + name, dim(value, i), "that of " + likeName, dim(like, i))))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// attention
//===----------------------------------------------------------------------===//

void AttentionOp::build(OpBuilder &builder, OperationState &state, ValueRange qkv, const AttentionMask &mask,
                        ValueRange outs, int64_t heads, int64_t kvHeads, double scale) {
  buildAttention<AttentionOp>(builder, state, qkv, mask, outs, heads, kvHeads, scale);
}

int64_t AttentionOp::getBatch() { return dim(getQ(), 0); }
int64_t AttentionOp::getQueryLength() { return dim(getQ(), 1); }
int64_t AttentionOp::getKeyLength() { return dim(getK(), 1); }
int64_t AttentionOp::getHeadSize() { return dim(getQ(), 2) / int64_t(getHeads()); }
int64_t AttentionOp::getVisiblePairs() { return visiblePairs(getQueryLength(), getKeyLength(), getCausal(), getWindow()); }
int64_t AttentionOp::getPlaces() { return getCausal() ? getKeyLength() : getQueryLength(); }
Type AttentionOp::getSumType() { return sumTypeOf(getQ()); }

LogicalResult AttentionOp::verify() {
  if (getOuts().size() != 1 && getOuts().size() != 2)
    return emitOpError() << "has " << getOuts().size() << " outs, expected 1 or 2";
  if (failed(verifyAttention(*this)) || failed(verifyLike(*this, getOuts()[0], "o", getQ(), "q")))
    return failure();
  return getOuts().size() == 2 ? verifyStatistics(*this, getOuts()[1]) : success();
}

// Per visible pair: q.k, p.v, and one exponential with its subtraction and sum.
uint64_t AttentionOp::getFlops() {
  return product({getBatch(), int64_t(getHeads()), getVisiblePairs(), 4 * getHeadSize() + 3});
}

void AttentionOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}

//===----------------------------------------------------------------------===//
// attention_grad
//===----------------------------------------------------------------------===//

void AttentionGradOp::build(OpBuilder &builder, OperationState &state, ValueRange inputs, const AttentionMask &mask,
                            ValueRange outs, int64_t heads, int64_t kvHeads, double scale) {
  buildAttention<AttentionGradOp>(builder, state, inputs, mask, outs, heads, kvHeads, scale);
}

int64_t AttentionGradOp::getBatch() { return dim(getQ(), 0); }
int64_t AttentionGradOp::getQueryLength() { return dim(getQ(), 1); }
int64_t AttentionGradOp::getKeyLength() { return dim(getK(), 1); }
int64_t AttentionGradOp::getHeadSize() { return dim(getQ(), 2) / int64_t(getHeads()); }
int64_t AttentionGradOp::getVisiblePairs() { return visiblePairs(getQueryLength(), getKeyLength(), getCausal(), getWindow()); }
int64_t AttentionGradOp::getPlaces() { return getCausal() ? getKeyLength() : getQueryLength(); }
Type AttentionGradOp::getSumType() { return sumTypeOf(getQ()); }

LogicalResult AttentionGradOp::verify() {
  bool hasBiasGradient = getBias() && getOuts().size() == 4;
  if ((!hasBiasGradient && failed(verifyOutCount(*this, getOuts(), 3))) || failed(verifyAttention(*this)) ||
      failed(verifyLike(*this, getOutput(), "o", getQ(), "q")) || failed(verifyStatistics(*this, getLogSumExp())) ||
      failed(verifyLike(*this, getCotangent(), "the cotangent", getQ(), "q")) ||
      failed(verifyLike(*this, getOuts()[0], "dq", getQ(), "q")) ||
      failed(verifyLike(*this, getOuts()[1], "dk", getK(), "k")))
    return failure();
  if (failed(verifyLike(*this, getOuts()[2], "dv", getV(), "v")))
    return failure();
  return hasBiasGradient ? verifyBias(*this, getOuts()[3], "dbias") : success();
}

// Five products of D channels per visible pair, and what the probabilities need.
uint64_t AttentionGradOp::getFlops() {
  return product({getBatch(), int64_t(getHeads()), getVisiblePairs(), 10 * getHeadSize() + 7});
}

void AttentionGradOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}
