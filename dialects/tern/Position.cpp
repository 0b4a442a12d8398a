// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Position family: position_embedding.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

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

LogicalResult PositionEmbeddingOp::followSequence(SequenceDims &dims) { return followTokens(*this, dims); }

bool PositionEmbeddingOp::isPositionwise() { return false; }

LogicalResult PositionEmbeddingOp::buildStep(StepBuilder &step) {
  int64_t places = shapeOf(getTable().getType())[0];
  if (step.context() > places)
    return emitOpError("has a table of ") << places << " positions, but generation may reach " << step.context()
                                          << "; choose --context=" << places << " or less";
  getPositionMutable().assign(step.position());
  return success();
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

} // namespace tern
