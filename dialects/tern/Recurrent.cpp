// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recurrent family: rnn_cell, gru_cell, lstm_cell, zero_state, valid_rows, padding_mask.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <cmath>

using namespace mlir;

namespace tern {

//===-- cells --------------------------------------------------------------------------------------------------------===//

/// Blocks of H rows in the weights.
template <typename Op>
static constexpr int64_t gatesOf = std::is_same_v<Op, LstmCellOp> ? 4 : std::is_same_v<Op, GruCellOp> ? 3 : 1;

static LogicalResult expectShape(std::optional<Location> loc, const Twine &what, Type type, ArrayRef<int64_t> expected) {
  ArrayRef<int64_t> shape = shapeOf(type);
  if (shape.size() != expected.size())
    return emitOptionalError(loc, what, " has rank ", shape.size(), ", expected ", expected.size());
  for (auto [dim, extent] : llvm::enumerate(expected))
    if (failed(expectExtent(loc, what + ", dimension " + Twine(dim), extent, shape[dim])))
      return failure();
  return success();
}

static int64_t times(int64_t gates, int64_t extent) { return ShapedType::isDynamic(extent) ? extent : gates * extent; }

/// Checks the operands and infers one state per result.
template <typename Op>
static LogicalResult inferCell(std::optional<Location> loc, typename Op::Adaptor adaptor, ValueRange states,
                               SmallVectorImpl<Type> &types) {
  StringRef name = Op::getOperationName();
  ArrayRef<int64_t> x = shapeOf(adaptor.getInput().getType()), h = shapeOf(adaptor.getHidden().getType());
  if (x.size() != 2 || h.size() != 2)
    return emitOptionalError(loc, name, " takes an input (B, I) and a state (B, H), found ranks ", x.size(), " and ", h.size());
  Type element = elementOf(adaptor.getInput().getType());
  for (Value operand : adaptor.getOperands())
    if (elementOf(operand.getType()) != element)
      return emitOptionalError(loc, name, " has operands of ", element, " and of ", elementOf(operand.getType()),
                               ", expected one type of elements");
  int64_t batch = mergeExtents(x[0], h[0]), in = x[1], hidden = h[1], rows = times(gatesOf<Op>, hidden);
  if (failed(expectExtent(loc, name + ", batch of the state", x[0], h[0])))
    return failure();
  for (Value state : states.drop_front())
    if (failed(expectShape(loc, name + ", cell state", state.getType(), {batch, hidden})))
      return failure();
  auto check = [&](StringRef what, Value parameter, ArrayRef<int64_t> shape) {
    return parameter ? expectShape(loc, name + ", " + what, parameter.getType(), shape) : success();
  };
  if (failed(check("weight_ih", adaptor.getWeightIh(), {rows, in})) ||
      failed(check("weight_hh", adaptor.getWeightHh(), {rows, hidden})) ||
      failed(check("bias_ih", adaptor.getBiasIh(), {rows})) || failed(check("bias_hh", adaptor.getBiasHh(), {rows})))
    return failure();
  for (Value state : states)
    types.push_back(state.getType());
  return success();
}

template <typename Op> static LogicalResult verifyCell(Op op) {
  if (!op.getName() && !op.getWeightIh())
    return op.emitOpError("needs its weights as operands, or a name to declare them");
  if (op.getName() && op.getWeightIh())
    return op.emitOpError("'") << *op.getName() << "' has operands; a name belongs to the module form";
  return success();
}

template <typename Op>
static LogicalResult declareCell(Op op, SmallVectorImpl<ParameterDeclaration> &declarations) {
  int64_t in = shapeOf(op.getInput().getType())[1], hidden = shapeOf(op.getHidden().getType())[1];
  if (ShapedType::isDynamic(in) || ShapedType::isDynamic(hidden))
    return op.emitOpError("'") << *op.getName() << "' does not know its sizes: input " << op.getInput().getType()
                               << ", state " << op.getHidden().getType();
  Builder b(op.getContext());
  double bound = 1.0 / std::sqrt(static_cast<double>(hidden));
  InitAttr init = op.getInitAttr() ? op.getInitAttr()
                                   : InitAttr::get(op.getContext(), b.getStringAttr("uniform"), b.getF64ArrayAttr({-bound, bound}));
  Attribute rows = b.getI64IntegerAttr(gatesOf<Op> * hidden);
  auto add = [&](StringRef suffix, SmallVector<Attribute> sizes) {
    declarations.push_back({(*op.getName() + "." + suffix).str(), sizes, elementOf(op.getInput().getType()), init});
  };
  add("weight_ih", {rows, b.getI64IntegerAttr(in)});
  add("weight_hh", {rows, b.getI64IntegerAttr(hidden)});
  if (op.getWithBias()) {
    add("bias_ih", {rows});
    add("bias_hh", {rows});
  }
  return success();
}

template <typename Op> static void setCellParameters(Op op, ValueRange parameters) {
  op.getWeightIhMutable().assign(parameters[0]);
  op.getWeightHhMutable().assign(parameters[1]);
  if (op.getWithBias()) {
    op.getBiasIhMutable().assign(parameters[2]);
    op.getBiasHhMutable().assign(parameters[3]);
  }
  op.removeNameAttr();
  op.removeInitAttr();
  op.setWithBias(false);
}

namespace {
/// The formulas of the cells, in the words of the textbook.
struct CellBuilder {
  OpBuilder &b;
  Location loc;

  Value add(Value x, Value y) { return AddOp::create(b, loc, x, y); }
  Value mul(Value x, Value y) { return MulOp::create(b, loc, x, y); }
  Value tanh(Value x) { return TanhOp::create(b, loc, x); }
  Value sigmoid(Value x) { return SigmoidOp::create(b, loc, x); }
  Value linear(Value x, Value weight, Value bias) {
    return LinearOp::create(b, loc, x, weight, bias, StringAttr(), Attribute(), WeightLayout::out_in, Attribute(), InitAttr());
  }
  /// W_ih x + b_ih, all gates as one product: the same for every step, so that a pass can make it for all at once.
  template <typename Op> Value fromInput(Op op) { return linear(op.getInput(), op.getWeightIh(), op.getBiasIh()); }
  template <typename Op> Value fromState(Op op) { return linear(op.getHidden(), op.getWeightHh(), op.getBiasHh()); }
  ResultRange split(Value gates, ArrayRef<int64_t> parts, int64_t hidden) {
    SmallVector<int64_t> sizes(llvm::map_range(parts, [&](int64_t part) { return part * hidden; }));
    return SplitOp::create(b, loc, gates, 1, sizes).getResults();
  }
};
} // namespace

#define TERN_CELL(OP, STATES)                                                                                          \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,                      \
                                     SmallVectorImpl<Type> &types) {                                                   \
    return inferCell<OP>(loc, adaptor, STATES, types);                                                                 \
  }                                                                                                                    \
  LogicalResult OP::verify() { return verifyCell(*this); }                                                             \
  bool OP::isModuleForm() { return getName().has_value(); }                                                            \
  LogicalResult OP::declareParameters(SmallVectorImpl<ParameterDeclaration> &declarations) {                           \
    return declareCell(*this, declarations);                                                                           \
  }                                                                                                                    \
  void OP::setParameters(ValueRange parameters) { setCellParameters(*this, parameters); }

TERN_CELL(RnnCellOp, ValueRange({adaptor.getHidden()}))
TERN_CELL(GruCellOp, ValueRange({adaptor.getHidden()}))
TERN_CELL(LstmCellOp, ValueRange({adaptor.getHidden(), adaptor.getCell()}))

#undef TERN_CELL

// h' = tanh(W_ih x + b_ih + W_hh h + b_hh)
SmallVector<Value> RnnCellOp::decompose(OpBuilder &b) {
  CellBuilder c{b, getLoc()};
  return {c.tanh(c.add(c.fromInput(*this), c.fromState(*this)))};
}

// r, z = sigmoid(..)      n = tanh(W_in x + b_in + r (W_hn h + b_hn))      h' = (1 - z) n + z h = n + z (h - n)
SmallVector<Value> GruCellOp::decompose(OpBuilder &b) {
  CellBuilder c{b, getLoc()};
  int64_t hidden = shapeOf(getHidden().getType())[1];
  ResultRange x = c.split(c.fromInput(*this), {2, 1}, hidden), h = c.split(c.fromState(*this), {2, 1}, hidden);
  ResultRange gates = c.split(c.sigmoid(c.add(x[0], h[0])), {1, 1}, hidden);
  Value candidate = c.tanh(c.add(x[1], c.mul(gates[0], h[1])));
  Value change = SubOp::create(b, getLoc(), getHidden(), candidate);
  return {c.add(candidate, c.mul(gates[1], change))};
}

// i, f, o = sigmoid(..)      g = tanh(..)      c' = f c + i g      h' = o tanh(c')
SmallVector<Value> LstmCellOp::decompose(OpBuilder &b) {
  CellBuilder c{b, getLoc()};
  int64_t hidden = shapeOf(getHidden().getType())[1];
  ResultRange gates = c.split(c.add(c.fromInput(*this), c.fromState(*this)), {2, 1, 1}, hidden);
  ResultRange both = c.split(c.sigmoid(gates[0]), {1, 1}, hidden); // i and f lie side by side
  Value cell = c.add(c.mul(both[1], getCell()), c.mul(both[0], c.tanh(gates[1])));
  return {c.mul(c.sigmoid(gates[2]), c.tanh(cell)), cell};
}

//===-- zero_state ---------------------------------------------------------------------------------------------------===//

LogicalResult ZeroStateOp::verify() {
  if (std::optional<int64_t> size = literalSize(getSize()); size && *size < 1)
    return emitOpError("has at least 1 channel, found ") << *size;
  return success();
}

LogicalResult ZeroStateOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  Type like = adaptor.getLike().getType();
  if (shapeOf(like).empty())
    return emitOptionalError(loc, "zero_state takes its batch from a tensor of rank 1 or more");
  types.push_back(withShape(like, {shapeOf(like)[0], extentOf(adaptor.getSize())}));
  return success();
}

OpFoldResult ZeroStateOp::fold(FoldAdaptor) {
  RankedTensorType type = getType();
  return type.hasStaticShape() ? OpFoldResult(Builder(getContext()).getZeroAttr(type)) : OpFoldResult();
}

// y = 0      (nothing flows)
/// Only the batch counts, which is outermost.
LogicalResult ZeroStateOp::followSequence(SequenceDims &dims) { return failure(dims.of(getLike()) == 0); }

void ZeroStateOp::buildGradient(GradBuilder &) {}

//===-- valid_rows ---------------------------------------------------------------------------------------------------===//

LogicalResult ValidRowsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  Type type = adaptor.getInput().getType();
  if (adaptor.getOther() && adaptor.getOther().getType() != type)
    return emitOptionalError(loc, "valid_rows: ", type, " and ", adaptor.getOther().getType(), " are two types");
  types.push_back(type);
  return expectLengths("valid_rows", loc, type, adaptor.getLengths().getType(), /*rank=*/1);
}

// y = step < lengths ? x : other      dx = step < lengths ? dy : 0      dother = step < lengths ? 0 : dy
void ValidRowsOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent();
  auto rows = [&](Value value, Value other) {
    return ValidRowsOp::create(g.getBuilder(), g.getLoc(), value, getStep(), getLengths(), other);
  };
  g.accumulate(0u, rows(dy, Value()));
  if (getOther() && g.wants(3))
    g.accumulate(3u, rows(g.zerosLike(dy), dy));
}

//===-- padding_mask -------------------------------------------------------------------------------------------------===//

int64_t PaddingMaskOp::getAxis() { return fromFront(getDim(), getInput()); }

LogicalResult PaddingMaskOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  Type type = adaptor.getInput().getType();
  int64_t rank = shapeOf(type).size(), dim = adaptor.getDimAttr() ? adaptor.getDim() : -1;
  int64_t axis = fromFront(dim, adaptor.getInput());
  if (axis < 1 || axis >= rank)
    return emitOptionalError(loc, "padding_mask: rows of a tensor of rank ", rank, " do not end along dimension ", dim);
  types.push_back(type);
  return expectLengths("padding_mask", loc, type, adaptor.getLengths().getType(), /*rank=*/2);
}

// y = s < lengths ? x : fill      dx = s < lengths ? dy : 0
void PaddingMaskOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  g.accumulate(0u, PaddingMaskOp::create(b, g.getLoc(), g.cotangent(), getLengths(), getDimAttr(), b.getF64FloatAttr(0.0)));
}

} // namespace tern
