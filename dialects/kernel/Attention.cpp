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
static void buildAttention(OpBuilder &builder, OperationState &state, ValueRange inputs, ValueRange outs, int64_t heads,
                           int64_t kvHeads, bool causal, double scale, double dropout, Value key) {
  state.addOperands(inputs);
  if (key)
    state.addOperands(key);
  state.addOperands(outs);
  auto &properties = state.getOrAddProperties<typename AttentionLike::Properties>();
  auto &sizes = properties.operandSegmentSizes;
  std::fill(sizes.begin(), sizes.end(), 1);
  sizes[inputs.size()] = key ? 1 : 0;
  sizes[inputs.size() + 1] = outs.size();
  properties.heads = builder.getI64IntegerAttr(heads);
  properties.kv_heads = builder.getI64IntegerAttr(kvHeads);
  properties.causal = causal ? builder.getUnitAttr() : nullptr;
  properties.scale = builder.getF64FloatAttr(scale);
  properties.dropout = builder.getF64FloatAttr(dropout);
  state.addTypes(resultTypes(outs));
}

static int64_t visiblePairs(int64_t queries, int64_t keys, bool causal) {
  if (!causal)
    return product({queries, keys});
  int64_t pairs = 0;
  for (int64_t t = 0; t < queries; ++t)
    pairs += std::clamp<int64_t>(t + keys - queries + 1, 0, keys);
  return pairs;
}

template <typename AttentionLike>
static LogicalResult verifyAttention(AttentionLike op) {
  std::pair<StringRef, Value> operands[] = {{"q", op.getQ()}, {"k", op.getK()}, {"v", op.getV()}};
  for (auto [name, value] : operands)
    if (failed(verifyRank(op, value, name, 3)) || failed(verifyFloat(op, value, name)))
      return failure();
  if (op.getHeads() <= 0 || op.getKvHeads() <= 0 || op.getHeads() % op.getKvHeads())
    return op.emitOpError() << "heads is " << op.getHeads() << ", which is not a multiple of kv_heads, " << op.getKvHeads();
  if (dim(op.getQ(), 2) % int64_t(op.getHeads()))
    return op.emitOpError() << "channels of q is " << dim(op.getQ(), 2) << ", which is not a multiple of heads, "
                            << op.getHeads();
  if (op.getDropout().convertToDouble() > 0 && !op.getKey())
    return op.emitOpError() << "dropout " << op.getDropout().convertToDouble() << " needs a key";
  int64_t channels = op.getHeadSize() * int64_t(op.getKvHeads());
  if (failed(verifySame(op, "batch of q", dim(op.getQ(), 0), "batch of k", dim(op.getK(), 0))) ||
      failed(verifySame(op, "channels of k", dim(op.getK(), 2), "kv_heads times the head size", channels)))
    return failure();
  if (op.getCausal() && op.getKeyLength() < op.getQueryLength())
    return op.emitOpError() << "causal attention has " << op.getKeyLength() << " key positions, fewer than its "
                            << op.getQueryLength() << " query positions";
  for (unsigned i = 0; i < 3; ++i)
    if (failed(verifySame(op, "dimension " + Twine(i) + " of v", dim(op.getV(), i), "that of k", dim(op.getK(), i))))
      return failure();
  return success();
}

static LogicalResult verifyLike(Operation *op, Value value, StringRef name, Value like, StringRef likeName) {
  if (shaped(value).getElementType() != shaped(like).getElementType())
    return op->emitOpError() << name << " has elements of type " << shaped(value).getElementType() << ", but " << likeName
                             << " of type " << shaped(like).getElementType();
  if (failed(verifyRank(op, value, name, shaped(like).getRank())))
    return failure();
  for (int64_t i = 0; i < shaped(like).getRank(); ++i)
    if (failed(verifySame(op, "dimension " + Twine(i) + " of " + name, dim(value, i), "that of " + likeName, dim(like, i))))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// attention
//===----------------------------------------------------------------------===//

void AttentionOp::build(OpBuilder &builder, OperationState &state, Value q, Value k, Value v, Value out, int64_t heads,
                        int64_t kvHeads, bool causal, double scale, double dropout, Value key) {
  buildAttention<AttentionOp>(builder, state, {q, k, v}, out, heads, kvHeads, causal, scale, dropout, key);
}

int64_t AttentionOp::getBatch() { return dim(getQ(), 0); }
int64_t AttentionOp::getQueryLength() { return dim(getQ(), 1); }
int64_t AttentionOp::getKeyLength() { return dim(getK(), 1); }
int64_t AttentionOp::getHeadSize() { return dim(getQ(), 2) / int64_t(getHeads()); }
int64_t AttentionOp::getVisiblePairs() { return visiblePairs(getQueryLength(), getKeyLength(), getCausal()); }

LogicalResult AttentionOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)) || failed(verifyAttention(*this)))
    return failure();
  return verifyLike(*this, getOuts()[0], "o", getQ(), "q");
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

void AttentionGradOp::build(OpBuilder &builder, OperationState &state, Value q, Value k, Value v, Value cotangent,
                            ValueRange outs, int64_t heads, int64_t kvHeads, bool causal, double scale, double dropout,
                            Value key) {
  buildAttention<AttentionGradOp>(builder, state, {q, k, v, cotangent}, outs, heads, kvHeads, causal, scale, dropout, key);
}

int64_t AttentionGradOp::getBatch() { return dim(getQ(), 0); }
int64_t AttentionGradOp::getQueryLength() { return dim(getQ(), 1); }
int64_t AttentionGradOp::getKeyLength() { return dim(getK(), 1); }
int64_t AttentionGradOp::getHeadSize() { return dim(getQ(), 2) / int64_t(getHeads()); }
int64_t AttentionGradOp::getVisiblePairs() { return visiblePairs(getQueryLength(), getKeyLength(), getCausal()); }

LogicalResult AttentionGradOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 3)) || failed(verifyAttention(*this)) ||
      failed(verifyLike(*this, getCotangent(), "the cotangent", getQ(), "q")) ||
      failed(verifyLike(*this, getOuts()[0], "dq", getQ(), "q")) ||
      failed(verifyLike(*this, getOuts()[1], "dk", getK(), "k")))
    return failure();
  return verifyLike(*this, getOuts()[2], "dv", getV(), "v");
}

// Five products of D channels per visible pair, and what the probabilities need.
uint64_t AttentionGradOp::getFlops() {
  return product({getBatch(), int64_t(getHeads()), getVisiblePairs(), 10 * getHeadSize() + 7});
}

void AttentionGradOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}
