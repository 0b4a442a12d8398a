// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variables of caches, states and memories: arguments and results of a function, stacked where they stand in a repeat.

#include "compiler/derive/DecodeStep.h"

#include "compiler/derive/DeriveUtils.h"
#include "dialects/tern/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace tern;

static Value constant(OpBuilder &b, Location loc, ArrayRef<int64_t> shape, Type element, int64_t value) {
  auto type = RankedTensorType::get(shape, element);
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, b.getIntegerAttr(element, value)));
}

/// Where an op that reads the value can stand.
static OpBuilder behind(Value value) {
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  return b;
}

Value DecodeStep::once(Value &argument, StringRef role, ArrayRef<int64_t> shape) {
  if (!argument)
    argument = appendArgument(function, RankedTensorType::get(shape, IntegerType::get(function.getContext(), 32)), "tern.role", role);
  return argument;
}

Value DecodeStep::slot() { return batch < slots ? once(which, "slot", {}) : Value(); }

Value DecodeStep::ofSlot(OpBuilder &b, Location loc, Value held) {
  return slot() ? CacheReadOp::create(b, loc, held, slot()).getResult() : held;
}

std::string DecodeStep::variableOf(LayersOp layers, StringRef name) {
  std::string scope = layers && layers.getScope() ? (*layers.getScope() + ".{i}.").str() : "", variable;
  unsigned number = 0;
  do
    variable = "cache:" + scope + name.str() + (number ? "." + std::to_string(number) : "");
  while (!variables.insert(variable).second && ++number);
  return variable;
}

std::optional<Storage> DecodeStep::open(Operation *op, StringRef name, int64_t rows, int64_t channels, Type element) {
  auto layers = op->getParentOfType<LayersOp>();
  if (layers && layers->getParentOfType<LayersOp>())
    return op->emitOpError("is inside nested 'tern.layers'; what it keeps between steps may be one level deep"), std::nullopt;
  SmallVector<int64_t> shape = {slots, rows, channels};
  auto type = RankedTensorType::get(shape, element);
  if (layers)
    shape.insert(shape.begin(), layers.getTripCount());
  std::string variable = variableOf(layers, name);
  Value held = appendArgument(function, withShape(type, shape), "tern.variable", variable);
  if (layers) {
    layers.getStackedMutable().append(held);
    held = layers.getBody().addArgument(type, op->getLoc());
  }
  return Storage{held, variable};
}

Value DecodeStep::write(OpBuilder &b, Location loc, const Storage &storage, Value rows, Value place, Value number) {
  Value written = CacheWriteOp::create(b, loc, storage.held, rows, place, number, slot());
  auto layers = written.getDefiningOp()->getParentOfType<LayersOp>();
  Value result = layers ? Value(layers.alsoStack(written).getResults().back()) : written;
  appendResult(function, result, "tern.updates", storage.variable);
  return written;
}

Value DecodeStep::cache(Operation *op, StringRef name, Value rows) {
  OpBuilder b(op);
  if (kept && elementOf(rows.getType()).isF32() && !kept.isF32())
    rows = arith::TruncFOp::create(b, op->getLoc(), withElement(rows.getType(), kept), rows);
  std::optional<Storage> storage = open(op, name, positions, shapeOf(rows.getType()).back(), elementOf(rows.getType()));
  return storage ? ofSlot(b, op->getLoc(), write(b, op->getLoc(), *storage, rows, position(), count())) : Value();
}

Value DecodeStep::state(Operation *op, StringRef name, Value start) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  ArrayRef<int64_t> shape = shapeOf(start.getType());
  std::optional<Storage> storage = open(op, name, 1, ShapedType::getNumElements(shape.drop_front()), elementOf(start.getType()));
  if (!storage)
    return {};
  Value held = ReshapeOp::create(b, loc, ofSlot(b, loc, storage->held), shape), zero = constant(b, loc, {}, b.getI64Type(), 0);
  Value value = ValidRowsOp::create(b, loc, held, zero, position(), start);
  states[value] = *storage;
  function->setAttr("tern.carries", b.getUnitAttr());
  return value;
}

void DecodeStep::keep(Operation *op, Value state, Value end) {
  OpBuilder b(op->getContext());
  b.setInsertionPointAfter(op);
  Location loc = op->getLoc();
  int64_t channels = ShapedType::getNumElements(shapeOf(end.getType()).drop_front());
  Value row = ReshapeOp::create(b, loc, end, ArrayRef<int64_t>{batch, 1, channels});
  Value first = constant(b, loc, {batch}, b.getI32Type(), 0), one = constant(b, loc, {batch}, b.getI32Type(), 1);
  write(b, loc, states.lookup(state), row, first, one);
}

/// (B, rows, C) of a value (B, ...).
static std::pair<int64_t, int64_t> rowsOf(Value value) {
  ArrayRef<int64_t> row = shapeOf(value.getType()).drop_front();
  int64_t channels = row.empty() ? 1 : row.back();
  return {ShapedType::getNumElements(row) / channels, channels};
}

std::optional<Storage> DecodeStep::openFor(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value.getType());
  Operation *at = value.getDefiningOp() ? value.getDefiningOp() : &value.getParentBlock()->front();
  if (shape.empty() || shape.front() != batch)
    return at->emitOpError("computes ") << value.getType() << " from the source, which generation keeps for each sequence; make the "
                                           "batch its first dimension",
           std::nullopt;
  auto [rows, channels] = rowsOf(value);
  return open(at, "memory", rows, channels, elementOf(value.getType()));
}

Value DecodeStep::recall(Value value) {
  std::optional<Storage> storage = openFor(value);
  if (!storage)
    return {};
  OpBuilder b = behind(value);
  return ReshapeOp::create(b, value.getLoc(), ofSlot(b, value.getLoc(), storage->held), shapeOf(value.getType()));
}

LogicalResult DecodeStep::remember(ArrayRef<Value> values) {
  SmallVector<std::pair<Storage, ReshapeOp>> kept; // all of it before the first `write`, which replaces repeats
  for (Value value : values) {
    std::optional<Storage> storage = openFor(value);
    if (!storage)
      return failure();
    auto [rows, channels] = rowsOf(value);
    OpBuilder b = behind(value);
    kept.emplace_back(*storage, ReshapeOp::create(b, value.getLoc(), value, ArrayRef<int64_t>{batch, rows, channels}));
  }
  for (auto &[storage, rows] : kept) {
    OpBuilder b = behind(rows);
    Location loc = rows.getLoc();
    Value first = constant(b, loc, {batch}, b.getI32Type(), 0);
    Value number = constant(b, loc, {batch}, b.getI32Type(), shapeOf(rows.getType())[1]);
    write(b, loc, storage, rows, first, number);
  }
  return success();
}
