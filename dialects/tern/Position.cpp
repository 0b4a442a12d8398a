// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: position_embedding, sinusoidal, rope.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace tern {

/// Sines and cosines are computed in f32 or f64.
static LogicalResult verifyElement(Operation *op, Type type) {
  if (elementOf(type).isF32() || elementOf(type).isF64())
    return success();
  return op->emitOpError("computes in f32 or f64, found elements of type ") << elementOf(type);
}

static LogicalResult expectTokens(std::optional<Location> loc, const Twine &op, Value input, Value position) {
  ArrayRef<int64_t> x = shapeOf(input.getType());
  if (x.size() != 3)
    return emitOptionalError(loc, op.str(), " takes (B, T, C), found rank ", x.size());
  return expectPositions(loc, op + ", elements of position", x[0], position);
}

/// Tokens (B, T, C) run along dimension 1, unless they have a position already.
template <typename PositionOp>
static LogicalResult followTokens(PositionOp op, SequenceDims &dims) {
  for (Value operand : llvm::drop_begin(op->getOperands()))
    if (dims.of(operand))
      return failure();
  if (op.getPosition() || dims.of(op.getInput()) != 1)
    return failure();
  dims.set(op.getResult(), 1);
  return success();
}

template <typename PositionOp>
static LogicalResult takePosition(PositionOp op, StepBuilder &step) {
  op.getPositionMutable().assign(step.position());
  return success();
}

// What is there of a sequence begins somewhere: the ops take its place as an operand.
#define TERN_PLACED(OP)                                                                                                \
  LogicalResult OP::followSequence(SequenceDims &dims) { return followTokens(*this, dims); }                          \
  bool OP::isPositionwise() { return false; }

TERN_PLACED(PositionEmbeddingOp)
TERN_PLACED(SinusoidalOp)
TERN_PLACED(RopeOp)

#undef TERN_PLACED

LogicalResult SinusoidalOp::buildStep(StepBuilder &step) { return takePosition(*this, step); }
LogicalResult RopeOp::buildStep(StepBuilder &step) { return takePosition(*this, step); }

//===-- position_embedding -------------------------------------------------------------------------------------------===//

LogicalResult PositionEmbeddingOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                    SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getInput().getType()), table = shapeOf(adaptor.getTable().getType());
  if (x.size() != 3 || table.size() != 2)
    return emitOptionalError(loc, "position_embedding takes (B, T, C) and a table (P, C), found ranks ", x.size(), " and ",
                             table.size());
  if (failed(expectExtent(loc, "position_embedding, channels of the table", x[2], table[1])) ||
      failed(expectPositions(loc, "position_embedding, elements of position", x[0], adaptor.getPosition())))
    return failure();
  bool known = !ShapedType::isDynamic(x[1]) && !ShapedType::isDynamic(table[0]);
  if (known && x[1] > table[0])
    return emitOptionalError(loc, "position_embedding: a sequence of ", x[1], " tokens exceeds the ", table[0],
                             " positions of the table");
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult PositionEmbeddingOp::buildStep(StepBuilder &step) {
  int64_t places = shapeOf(getTable().getType())[0];
  if (step.context() > places)
    return emitOpError("has a table of ") << places << " positions, but generation may reach " << step.context()
                                          << "; choose --context=" << places << " or less";
  return takePosition(*this, step);
}

/// p + t for every token: (T) where all batch rows have one position, else (B, T).
static Value placesOf(GradBuilder &g, Value position, int64_t tokens) {
  OpBuilder &b = g.getBuilder();
  SmallVector<int64_t> shape(shapeOf(position.getType()));
  shape.push_back(1);
  Value column = g.reshape(position, shape);
  shape.back() = tokens;
  auto type = RankedTensorType::get(shape, b.getI32Type());
  SmallVector<int32_t> steps(type.getNumElements());
  for (auto [number, step] : llvm::enumerate(steps))
    step = number % tokens;
  Value first = BroadcastOp::create(b, g.getLoc(), column, shape);
  Value offsets = arith::ConstantOp::create(b, g.getLoc(), DenseIntElementsAttr::get(type, steps));
  return arith::AddIOp::create(b, g.getLoc(), first, offsets);
}

// y[b, t] = x[b, t] + table[p + t]      dx = dy      d_table[p + t] = sum_b dy[b, t], zero elsewhere
void PositionEmbeddingOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, g.cotangent());
  if (!g.wants(1))
    return;
  OpBuilder &b = g.getBuilder();
  ArrayRef<int64_t> table = shapeOf(getTable().getType());
  int64_t length = shapeOf(getInput().getType())[1];
  bool perRow = getPosition() && !shapeOf(getPosition().getType()).empty();
  Value rows = perRow ? g.cotangent() : g.sum(g.cotangent(), {0}, /*keepDims=*/false); // (B, T, C) or (T, C)
  if (getPosition()) {
    Value places = placesOf(g, getPosition(), length);
    return g.accumulate(1u, EmbeddingGradOp::create(b, g.getLoc(), places, rows, /*onto=*/Value(), table[0]));
  }
  if (length == table[0])
    return g.accumulate(1u, rows);
  Value zeros = g.zerosLike(getTable());
  Value rest = SliceOp::create(b, g.getLoc(), zeros, ArrayRef<int64_t>{length, 0},
                               ArrayRef<int64_t>{table[0] - length, table[1]}, /*strides=*/nullptr);
  g.accumulate(1u, ConcatOp::create(b, g.getLoc(), ValueRange{rows, rest}, /*dim=*/0));
}

//===-- sinusoidal ---------------------------------------------------------------------------------------------------===//

LogicalResult SinusoidalOp::verify() { return verifyElement(*this, getType()); }

LogicalResult SinusoidalOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  if (failed(expectTokens(loc, "sinusoidal", adaptor.getInput(), adaptor.getPosition())))
    return failure();
  int64_t channels = shapeOf(adaptor.getInput().getType()).back();
  if (!ShapedType::isDynamic(channels) && channels % 2)
    return emitOptionalError(loc, "sinusoidal: ", channels, " channels are no pairs of a sine and a cosine");
  types.push_back(adaptor.getInput().getType());
  return success();
}

// y = x + PE(p + t)      dx = dy
void SinusoidalOp::buildGradient(GradBuilder &g) { g.accumulate(0u, g.cotangent()); }

// A sum per element, and a sine per channel of a position.
uint64_t SinusoidalOp::getFlops() {
  ArrayRef<int64_t> shape = shapeOf(getType());
  return ShapedType::isDynamicShape(shape) ? 0 : (shape[0] + 1) * shape[1] * shape[2];
}

//===-- rope ---------------------------------------------------------------------------------------------------------===//

int64_t RopeOp::getTurningHeadCount() {
  return literalSize(getHeads()).value_or(0) + (getKvHeads() ? literalSize(*getKvHeads()).value_or(0) : 0);
}

int64_t RopeOp::getHeadCount() {
  return getTurningHeadCount() + (getKvHeads() ? literalSize(*getKvHeads()).value_or(0) : 0);
}

int64_t RopeOp::getHeadSize() {
  int64_t channels = shapeOf(getType()).back();
  return getHeadCount() && !ShapedType::isDynamic(channels) ? channels / getHeadCount() : 0;
}

int64_t RopeOp::getRotaryCount() { return getRotary() ? literalSize(*getRotary()).value_or(0) : getHeadSize(); }

// theta^(-2i / R) / linear, theta times ntk^(R / (R - 2))
SmallVector<double> RopeOp::getFrequencies() {
  double theta = getTheta() ? literalReal(*getTheta()).value_or(0) : 10000.0, count = getRotaryCount();
  if (getNtk())
    theta *= std::pow(literalReal(*getNtk()).value_or(1), count / (count - 2));
  double divisor = getLinear() ? literalReal(*getLinear()).value_or(1) : 1.0;
  SmallVector<double> frequencies;
  for (int64_t i = 0; i < getRotaryCount() / 2; ++i)
    frequencies.push_back(std::pow(theta, -2.0 * i / count) / divisor);
  return frequencies;
}

LogicalResult RopeOp::verify() {
  for (auto [name, real] : {std::pair("theta", getTheta()), std::pair("linear", getLinear()), std::pair("ntk", getNtk())})
    if (std::optional<double> number = real ? literalReal(*real) : std::nullopt; number && !(*number > 0))
      return emitOpError() << name << " must be positive, found " << *number;
  if (getLinear() && getNtk())
    return emitOpError("has two scalings of positions, linear and ntk; use one");
  if (getNtk() && getRotaryCount() == 2)
    return emitOpError("ntk stretches slow pairs and keeps fast ones; one pair is not enough");
  return verifyElement(*this, getType());
}

/// Channels against heads and rotary channels, as far as they are known.
static LogicalResult checkHeads(std::optional<Location> loc, int64_t channels, int64_t heads, std::optional<int64_t> rotary) {
  if (channels % heads)
    return emitOptionalError(loc, "rope: ", channels, " channels do not split into ", heads, " heads");
  int64_t size = channels / heads, turning = rotary.value_or(size);
  if (turning < 2 || turning > size || turning % 2)
    return emitOptionalError(loc, "rope: ", turning, " channels of a head of ", size, " are to turn; expected an even number from 2 to ",
                             size);
  return success();
}

LogicalResult RopeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  if (failed(expectTokens(loc, "rope", adaptor.getInput(), adaptor.getPosition())))
    return failure();
  std::optional<int64_t> heads = literalSize(adaptor.getHeads()), kvHeads = 0, rotary;
  if (adaptor.getKvHeads())
    kvHeads = literalSize(*adaptor.getKvHeads());
  if (adaptor.getRotary())
    rotary = literalSize(*adaptor.getRotary());
  if ((heads && *heads < 1) || (kvHeads && *kvHeads < (adaptor.getKvHeads() ? 1 : 0)))
    return emitOptionalError(loc, "rope: heads must be positive");
  int64_t channels = shapeOf(adaptor.getInput().getType()).back();
  bool known = heads && kvHeads && !ShapedType::isDynamic(channels) && (rotary || !adaptor.getRotary());
  if (known && failed(checkHeads(loc, channels, *heads + 2 * *kvHeads, rotary)))
    return failure();
  types.push_back(adaptor.getInput().getType());
  return success();
}

/// One op undoes the other: they differ in `inverse` alone.
static bool undoes(RopeOp op, RopeOp other) {
  auto settings = [](RopeOp rope) {
    NamedAttrList attributes(rope->getAttrs());
    attributes.erase(rope.getInverseAttrName());
    attributes.erase("operandSegmentSizes");
    return attributes.getDictionary(rope.getContext());
  };
  return other && op.getInverse() != other.getInverse() && op.getPosition() == other.getPosition() &&
         settings(op) == settings(other);
}

// Turned and turned back.
OpFoldResult RopeOp::fold(FoldAdaptor) {
  auto before = getInput().getDefiningOp<RopeOp>();
  return undoes(*this, before) ? OpFoldResult(before.getInput()) : OpFoldResult();
}

// y = R(a) x      dx = R(a)^T dy = R(-a) dy
void RopeOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  auto back = RopeOp::create(b, g.getLoc(), g.cotangent(), getPosition(), getHeads(), getKvHeadsAttr(), getLayout(),
                             getRotaryAttr(), getThetaAttr(), getLinearAttr(), getNtkAttr(), !getInverse());
  g.accumulate(0u, back);
}

// Four products and two sums per pair.
uint64_t RopeOp::getFlops() {
  ArrayRef<int64_t> shape = shapeOf(getType());
  return ShapedType::isDynamicShape(shape) ? 0 : 3 * shape[0] * shape[1] * getTurningHeadCount() * getRotaryCount();
}

} // namespace tern
