// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the families' lowerings share.

#include "compiler/lower/LowerUtils.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/Matchers.h"

#include <limits>

using namespace mlir;

namespace tern::lower {

//===-- scalars ---------------------------------------------------------------------------------------------------===//

Value constantFloat(ImplicitLocOpBuilder &b, Type type, double value) {
  return arith::ConstantOp::create(b, FloatAttr::get(type, value));
}

Value constantInt(ImplicitLocOpBuilder &b, Type type, int64_t value) {
  return arith::ConstantOp::create(b, IntegerAttr::get(type, value));
}

Value isBelow(ImplicitLocOpBuilder &b, int64_t dim, Value length) {
  Value place = arith::IndexCastOp::create(b, length.getType(), linalg::IndexOp::create(b, dim));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, place, length);
}

Value rowMajorIndex(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape) {
  Type i64 = b.getI64Type();
  Value index = constantInt(b, i64, 0);
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    Value position = arith::IndexCastOp::create(b, i64, linalg::IndexOp::create(b, dim));
    Value above = dim == 0 ? Value() : arith::MulIOp::create(b, index, constantInt(b, i64, extent)).getResult();
    index = above ? arith::AddIOp::create(b, above, position).getResult() : position;
  }
  return index;
}

//===-- tensors ---------------------------------------------------------------------------------------------------===//

Value emptyTensor(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Type element) {
  return tensor::EmptyOp::create(b, shape, element);
}

Value filledTensor(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Type element, double value) {
  Value scalar = constantFloat(b, element, value), empty = emptyTensor(b, shape, element);
  return linalg::FillOp::create(b, scalar, empty).getResult(0);
}

/// Groups of dimensions of `from` and of `to` that hold the same elements, as fine as possible. An extent of 1 that the other
/// has not joins the group before it, so that rows (B, C) of one token each, (B, 1, C), are the same rows as of many. Without any
/// group the tensors are single elements.
static void commonGroups(ArrayRef<int64_t> from, ArrayRef<int64_t> to, SmallVector<ReassociationIndices> &fromGroups,
                         SmallVector<ReassociationIndices> &toGroups, SmallVector<int64_t> &sizes) {
  size_t i = 0, j = 0;
  while (i < from.size() && j < to.size()) {
    ReassociationIndices left{static_cast<int64_t>(i)}, right{static_cast<int64_t>(j)};
    int64_t a = from[i++], c = to[j++];
    while (a != c) {
      if (a < c) {
        left.push_back(i);
        a *= from[i++];
      } else {
        right.push_back(j);
        c *= to[j++];
      }
    }
    while (i < from.size() && j < to.size() && from[i] == 1 && to[j] != 1)
      left.push_back(i++);
    while (i < from.size() && j < to.size() && to[j] == 1 && from[i] != 1)
      right.push_back(j++);
    fromGroups.push_back(left);
    toGroups.push_back(right);
    sizes.push_back(a);
  }
  for (; i < from.size() && !fromGroups.empty(); ++i)
    fromGroups.back().push_back(i);
  for (; j < to.size() && !toGroups.empty(); ++j)
    toGroups.back().push_back(j);
}

Value reshapeTensor(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> from = shapeOf(tensor);
  if (from == shape)
    return tensor;
  SmallVector<ReassociationIndices> fromGroups, toGroups;
  SmallVector<int64_t> sizes;
  commonGroups(from, shape, fromGroups, toGroups, sizes);
  Type element = elementOf(tensor);
  if (sizes.size() != from.size())
    tensor = tensor::CollapseShapeOp::create(b, RankedTensorType::get(sizes, element), tensor, fromGroups);
  if (sizes.size() != shape.size())
    tensor = tensor::ExpandShapeOp::create(b, RankedTensorType::get(shape, element), tensor, toGroups);
  return tensor;
}

/// Offsets, sizes and unit strides of rows [first, first + count).
static std::array<SmallVector<OpFoldResult>, 3> rowRange(OpBuilder &b, ArrayRef<int64_t> shape, OpFoldResult first,
                                                         int64_t count) {
  SmallVector<OpFoldResult> offsets(shape.size(), b.getIndexAttr(0)), strides(shape.size(), b.getIndexAttr(1)), sizes;
  for (int64_t extent : shape)
    sizes.push_back(b.getIndexAttr(extent));
  offsets[0] = first;
  sizes[0] = b.getIndexAttr(count);
  return {offsets, sizes, strides};
}

Value perRow(ImplicitLocOpBuilder &b, Value tensor, size_t rank) {
  SmallVector<int64_t> shape(rank, 1);
  shape[0] = lower::shapeOf(tensor)[0];
  return reshapeTensor(b, tensor, shape);
}

Value sliceRows(ImplicitLocOpBuilder &b, Value tensor, OpFoldResult first, int64_t count) {
  auto [offsets, sizes, strides] = rowRange(b, shapeOf(tensor), first, count);
  return tensor::ExtractSliceOp::create(b, tensor, offsets, sizes, strides);
}

Value insertRows(ImplicitLocOpBuilder &b, Value rows, Value tensor, OpFoldResult first) {
  auto [offsets, sizes, strides] = rowRange(b, shapeOf(tensor), first, shapeOf(rows)[0]);
  return tensor::InsertSliceOp::create(b, rows, tensor, offsets, sizes, strides);
}

Value matrixOf(ImplicitLocOpBuilder &b, Value batch, Value number) {
  ArrayRef<int64_t> shape = shapeOf(batch);
  if (shape.size() == 2)
    return batch;
  return reshapeTensor(b, sliceRows(b, batch, number, 1), shape.drop_front());
}

Value contractMatrices(ImplicitLocOpBuilder &b, Value lhs, Value rhs, bool transposeA, bool transposeB) {
  int64_t m = shapeOf(lhs)[transposeA ? 1 : 0], n = shapeOf(rhs)[transposeB ? 0 : 1];
  Type sums = sumsOf(cast<RankedTensorType>(lhs.getType())).getElementType();
  Value out = emptyTensor(b, {m, n}, sums);
  return kernel::ContractOp::create(b, lhs, rhs, out, transposeA, transposeB, kernel::InitKind::Zero).getResult(0);
}

void leaveLoops(ImplicitLocOpBuilder &b, Value value) {
  Operation *around = b.getInsertionBlock()->getParentOp();
  while (isa<LayersOp, scf::ForOp>(around)) {
    if (value && around->isAncestor(value.getParentRegion()->getParentOp()))
      return;
    b.setInsertionPoint(around);
    around = around->getParentOp();
  }
}

//===-- linalg ----------------------------------------------------------------------------------------------------===//

namespace {
/// Inputs of a linalg op over `shape`: constants become scalars of the body, broadcast extents leave the operand.
struct Inputs {
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  SmallVector<FloatAttr> constants; // per input; null where it is an operand

  Inputs(ImplicitLocOpBuilder &b, ValueRange values, ArrayRef<int64_t> shape) {
    for (Value value : values)
      add(b, value, shape);
  }

  void add(ImplicitLocOpBuilder &b, Value value, ArrayRef<int64_t> shape) {
    DenseElementsAttr constant;
    bool scalar = matchPattern(value, m_Constant(&constant)) && constant.isSplat() && isa<FloatType>(elementOf(value));
    constants.push_back(scalar ? constant.getSplatValue<FloatAttr>() : FloatAttr());
    if (scalar)
      return;
    ArrayRef<int64_t> own = shapeOf(value);
    size_t extra = shape.size() - own.size();
    SmallVector<AffineExpr> positions;
    SmallVector<int64_t> kept;
    for (auto [dim, extent] : llvm::enumerate(own)) {
      if (extent == 1 && shape[dim + extra] != 1)
        continue;
      positions.push_back(b.getAffineDimExpr(dim + extra));
      kept.push_back(extent);
    }
    maps.push_back(AffineMap::get(shape.size(), 0, positions, b.getContext()));
    operands.push_back(reshapeTensor(b, value, kept));
  }

  /// One scalar per input, the constants among them.
  SmallVector<Value> scalars(ImplicitLocOpBuilder &b, ValueRange arguments) {
    SmallVector<Value> all;
    for (FloatAttr constant : constants) {
      if (constant)
        all.push_back(arith::ConstantOp::create(b, constant));
      else {
        all.push_back(arguments.front());
        arguments = arguments.drop_front();
      }
    }
    llvm::append_range(all, arguments);
    return all;
  }
};
} // namespace

/// A linalg.generic over the inputs' shape whose outs are indexed by `outMap`.
static SmallVector<Value> generic(ImplicitLocOpBuilder &b, Inputs inputs, ValueRange outs, AffineMap outMap,
                                  ArrayRef<utils::IteratorType> iterators, ElementsBody body) {
  SmallVector<AffineMap> maps(inputs.maps);
  maps.append(outs.size(), outMap);
  auto op = linalg::GenericOp::create(b, outs.getTypes(), inputs.operands, outs, maps, iterators,
                                      [&](OpBuilder &inner, Location loc, ValueRange arguments) {
                                        ImplicitLocOpBuilder element(loc, inner);
                                        auto values = body(element, inputs.scalars(element, arguments));
                                        linalg::YieldOp::create(element, values);
                                      });
  return SmallVector<Value>(op.getResults());
}

static SmallVector<utils::IteratorType> parallelLoops(size_t rank) {
  return SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel);
}

Value mapElements(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Type element, ValueRange inputs, ElementBody body) {
  AffineMap identity = b.getMultiDimIdentityMap(shape.size());
  auto bodies = [&](ImplicitLocOpBuilder &inner, ValueRange arguments) -> SmallVector<Value> {
    return {body(inner, arguments.drop_back())}; // the last one is the empty destination
  };
  return generic(b, Inputs(b, inputs, shape), emptyTensor(b, shape, element), identity, parallelLoops(shape.size()),
                 bodies)[0];
}

SmallVector<Value> updateElements(ImplicitLocOpBuilder &b, ValueRange inputs, ValueRange outs, ElementsBody body) {
  ArrayRef<int64_t> shape = shapeOf(outs[0]);
  return generic(b, Inputs(b, inputs, shape), outs, b.getMultiDimIdentityMap(shape.size()), parallelLoops(shape.size()),
                 body);
}

Value reduceInto(ImplicitLocOpBuilder &b, ValueRange inputs, Value init, ArrayRef<int64_t> dims, ElementBody body) {
  SmallVector<int64_t> shape(shapeOf(inputs[0]));
  SmallVector<utils::IteratorType> iterators = parallelLoops(shape.size());
  SmallVector<AffineExpr> kept;
  for (int64_t dim : dims)
    iterators[dim] = utils::IteratorType::reduction;
  for (size_t dim = 0; dim < shape.size(); ++dim)
    if (iterators[dim] == utils::IteratorType::parallel)
      kept.push_back(b.getAffineDimExpr(dim));
  auto bodies = [&](ImplicitLocOpBuilder &inner, ValueRange arguments) -> SmallVector<Value> {
    return {body(inner, arguments)};
  };
  Inputs operands(b, {}, shape);
  operands.operands.push_back(inputs[0]); // not inlined: the op takes its extents from it
  operands.maps.push_back(b.getMultiDimIdentityMap(shape.size()));
  operands.constants.push_back({});
  for (Value input : inputs.drop_front())
    operands.add(b, input, shape);
  return generic(b, operands, init, AffineMap::get(shape.size(), 0, kept, b.getContext()), iterators, bodies)[0];
}

/// The shape without the reduced dimensions.
static SmallVector<int64_t> remaining(ArrayRef<int64_t> shape, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> kept;
  for (auto [dim, extent] : llvm::enumerate(shape))
    if (!llvm::is_contained(dims, static_cast<int64_t>(dim)))
      kept.push_back(extent);
  return kept;
}

Value sumOver(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> dims) {
  Value init = filledTensor(b, remaining(shapeOf(tensor), dims), elementOf(tensor), 0.0);
  return reduceInto(b, tensor, init, dims, [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    return arith::AddFOp::create(inner, x[1], x[0]);
  });
}

Value maxOver(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> dims) {
  double lowest = -std::numeric_limits<double>::infinity();
  Value init = filledTensor(b, remaining(shapeOf(tensor), dims), elementOf(tensor), lowest);
  return reduceInto(b, tensor, init, dims, [](ImplicitLocOpBuilder &inner, ValueRange x) -> Value {
    return arith::MaximumFOp::create(inner, x[1], x[0]);
  });
}

} // namespace tern::lower
