// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packing of parameters on tensors, layer by layer.

#include "compiler/cpu/PackedWeights.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

static bool hasLayers(const PackedVariable &weight) { return weight.canonical.getRank() == 3; }

namespace {
// Layer `index` of a stack: offsets, sizes and strides of its slice.
struct LayerSlice {
  SmallVector<OpFoldResult> offsets, sizes, strides;

  LayerSlice(OpBuilder &b, RankedTensorType stack, Value index)
      : offsets(stack.getRank(), b.getIndexAttr(0)), strides(stack.getRank(), b.getIndexAttr(1)) {
    for (int64_t size : stack.getShape())
      sizes.push_back(b.getIndexAttr(size));
    offsets[0] = index;
    sizes[0] = b.getIndexAttr(1);
  }
};
} // namespace

static RankedTensorType withoutLayers(RankedTensorType type) {
  return RankedTensorType::get(type.getShape().drop_front(), type.getElementType(), type.getEncoding());
}

// `matrix` packed into layer `index` of `storage`, or into all of it where there are no layers.
static Value packInto(OpBuilder &b, const PackedVariable &weight, Value matrix, Value storage, Value index) {
  Location loc = weight.location;
  auto pack = [&](Value out) { return PackOp::create(b, loc, matrix, out, weight.form.layout, weight.form.compute).getResult(0); };
  if (!hasLayers(weight))
    return pack(storage);
  LayerSlice slice(b, weight.packed, index);
  Value out = tensor::ExtractSliceOp::create(b, loc, withoutLayers(weight.packed), storage, slice.offsets, slice.sizes, slice.strides);
  return tensor::InsertSliceOp::create(b, loc, pack(out), storage, slice.offsets, slice.sizes, slice.strides);
}

//===-- load ---------------------------------------------------------------------------------------------------------===//

// The number of the layer from its input, kept within the stack.
static Value layerIndex(OpBuilder &b, Location loc, Value input, int64_t layers) {
  Value wide = tensor::ExtractOp::create(b, loc, input, ValueRange());
  Value index = arith::IndexCastOp::create(b, loc, b.getIndexType(), wide);
  index = arith::MaxSIOp::create(b, loc, index, arith::ConstantIndexOp::create(b, loc, 0));
  return arith::MinSIOp::create(b, loc, index, arith::ConstantIndexOp::create(b, loc, layers - 1));
}

// The first elements of the staging buffer as a matrix.
static Value stagedMatrix(OpBuilder &b, const PackedVariable &weight, Value staging) {
  Location loc = weight.location;
  Type element = weight.canonical.getElementType();
  int64_t count = weight.layerElements();
  SmallVector<OpFoldResult> zero = {b.getIndexAttr(0)}, size = {b.getIndexAttr(count)}, one = {b.getIndexAttr(1)};
  Value flat = tensor::ExtractSliceOp::create(b, loc, RankedTensorType::get({count}, element), staging, zero, size, one);
  auto matrix = RankedTensorType::get(weight.canonical.getShape().take_back(2), element);
  return tensor::ExpandShapeOp::create(b, loc, matrix, flat, SmallVector<ReassociationIndices>{{0, 1}});
}

func::FuncOp tern::cpu::makeLoadEntry(OpBuilder &b, const PackedVariable &weight, int64_t staging) {
  Location loc = weight.location;
  auto scalar = RankedTensorType::get({}, b.getI64Type());
  auto flat = RankedTensorType::get({staging}, weight.canonical.getElementType());
  std::string name = ("load." + weight.name()).str();
  auto entry = func::FuncOp::create(b, loc, name, b.getFunctionType({scalar, flat, weight.packed}, {weight.packed}));
  entry->setAttr("tern.entry", b.getStringAttr(name));
  entry.setArgAttr(0, "tern.role", b.getStringAttr("layer"));
  entry.setArgAttr(1, "tern.role", b.getStringAttr("value"));
  entry.setArgAttr(2, "tern.variable", weight.variable);
  entry.setArgAttr(2, "tern.canonical", TypeAttr::get(weight.canonical));
  if (weight.parameter)
    entry.setArgAttr(2, "tern.parameter", weight.parameter);
  entry.setResultAttr(0, "tern.updates", weight.variable);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(entry.addEntryBlock());
  Value index = hasLayers(weight) ? layerIndex(b, loc, entry.getArgument(0), weight.canonical.getDimSize(0)) : Value();
  Value packed = packInto(b, weight, stagedMatrix(b, weight, entry.getArgument(1)), entry.getArgument(2), index);
  func::ReturnOp::create(b, loc, packed);
  return entry;
}

//===-- first values -------------------------------------------------------------------------------------------------===//

// Computes each element from its place and scalars alone, so that one layer can be computed without the others.
static bool isMadeInPlace(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumLoops() != op.getNumParallelLoops() || !op.hasPureTensorSemantics())
    return false;
  auto isScalar = [&](OpOperand *operand) { return op.getMatchingIndexingMap(operand).getNumResults() == 0; };
  OpOperand *out = op.getDpsInitOperand(0);
  return llvm::all_of(op.getDpsInputOperands(), isScalar) && op.getMatchingIndexingMap(out).isIdentity() &&
         !op.payloadUsesValueFromOperand(out);
}

static bool takesWholeLayers(tensor::InsertSliceOp insert) {
  auto shape = insert.getDestType().getShape();
  return insert.getSourceType().getRank() == int64_t(shape.size()) && insert.getSourceType().getDimSize(0) == shape[0] &&
         isConstantIntValue(insert.getMixedOffsets()[0], 0) && isConstantIntValue(insert.getMixedStrides()[0], 1);
}

// Layer `index` of a stack, (1, K, N).
static Value layerOf(OpBuilder &b, Value stack, Value index) {
  Location loc = stack.getLoc();
  auto type = cast<RankedTensorType>(stack.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = 1;
  if (stack.getDefiningOp<tensor::EmptyOp>())
    return tensor::EmptyOp::create(b, loc, shape, type.getElementType());
  if (auto op = stack.getDefiningOp<linalg::LinalgOp>(); op && isMadeInPlace(op)) {
    SmallVector<Value> operands(op.getDpsInputs());
    operands.push_back(tensor::EmptyOp::create(b, loc, shape, type.getElementType()));
    Operation *layer = clone(b, op, type.clone(shape), operands);
    layer->walk([&](linalg::IndexOp place) {
      if (place.getDim() != 0)
        return;
      OpBuilder inside(place->getContext());
      inside.setInsertionPointAfter(place);
      Value shifted = arith::AddIOp::create(inside, loc, place, index);
      place.getResult().replaceAllUsesExcept(shifted, shifted.getDefiningOp());
    });
    return layer->getResult(0);
  }
  if (auto insert = stack.getDefiningOp<tensor::InsertSliceOp>(); insert && takesWholeLayers(insert)) {
    SmallVector<OpFoldResult> sizes = insert.getMixedSizes();
    sizes[0] = b.getIndexAttr(1);
    return tensor::InsertSliceOp::create(b, loc, layerOf(b, insert.getSource(), index), layerOf(b, insert.getDest(), index),
                                         insert.getMixedOffsets(), sizes, insert.getMixedStrides());
  }
  LayerSlice slice(b, type, index);
  return tensor::ExtractSliceOp::create(b, loc, type.clone(shape), stack, slice.offsets, slice.sizes, slice.strides);
}

Value tern::cpu::packInitial(OpBuilder &b, const PackedVariable &weight, Value initial, Value storage) {
  if (!hasLayers(weight))
    return packInto(b, weight, initial, storage, Value());
  Location loc = weight.location;
  auto constant = [&](int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); };
  auto body = [&](OpBuilder &inside, Location, Value index, ValueRange carried) {
    Value layer = layerOf(inside, initial, index);
    Value matrix = tensor::CollapseShapeOp::create(inside, loc, layer, SmallVector<ReassociationIndices>{{0, 1}, {2}});
    scf::YieldOp::create(inside, loc, packInto(inside, weight, matrix, carried[0], index));
  };
  return scf::ForOp::create(b, loc, constant(0), constant(weight.canonical.getDimSize(0)), constant(1), storage, body).getResult(0);
}
