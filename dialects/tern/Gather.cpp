// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gather family: gather, scatter_add, one_hot, top_k, cumsum.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

/// The axis, once indices have the operand's extents everywhere else, or 1.
static FailureOr<int64_t> checkIndices(StringRef name, std::optional<Location> loc, Value input, Value indices,
                                       int64_t dim) {
  ArrayRef<int64_t> x = shapeOf(input.getType()), i = shapeOf(indices.getType());
  FailureOr<int64_t> axis = axisOf(name, loc, dim, x.size());
  if (failed(axis))
    return failure();
  if (i.size() != x.size())
    return emitOptionalError(loc, name, ": indices of rank ", i.size(), " for a tensor of rank ", x.size());
  for (int64_t other = 0, rank = x.size(); other < rank; ++other) {
    bool free = other == *axis || i[other] == 1;
    if (!free && failed(expectExtent(loc, name + ", dimension " + Twine(other) + " of the indices", x[other], i[other])))
      return failure();
  }
  return axis;
}

//===-- gather ----------------------------------------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Value input = adaptor.getInput(), indices = adaptor.getIndices();
  FailureOr<int64_t> axis = checkIndices("gather", loc, input, indices, adaptor.getDim());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(shapeOf(input.getType()));
  if (shape[*axis] == 0)
    return emitOptionalError(loc, "gather, dimension ", *axis, ": no elements to look up");
  shape[*axis] = shapeOf(indices.getType())[*axis];
  types.push_back(withShape(input.getType(), shape));
  return success();
}

int64_t GatherOp::getAxis() { return fromFront(getDim(), getInput()); }

// y = x at indices      dx = dy added at indices
void GatherOp::buildGradient(GradBuilder &g) {
  int64_t extent = shapeOf(getInput().getType())[getAxis()];
  g.accumulate(0u, ScatterAddOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getIndices(), /*onto=*/Value(), getDim(),
                                        extent));
}

//===-- scatter_add -----------------------------------------------------------------------------------------------===//

LogicalResult ScatterAddOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  Value input = adaptor.getInput(), indices = adaptor.getIndices();
  FailureOr<int64_t> axis = checkIndices("scatter_add", loc, input, indices, adaptor.getDim());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(shapeOf(input.getType()));
  if (failed(expectExtent(loc, "scatter_add, dimension " + Twine(*axis) + " of the indices", shape[*axis],
                          shapeOf(indices.getType())[*axis])))
    return failure();
  int64_t size = adaptor.getSize();
  if (size < 1)
    return emitOptionalError(loc, "scatter_add: size ", size, ", expected 1 or more");
  shape[*axis] = size;
  types.push_back(withShape(input.getType(), shape));
  if (adaptor.getOnto() && adaptor.getOnto().getType() != types.back())
    return emitOptionalError(loc, "scatter_add: onto has type ", adaptor.getOnto().getType(), ", expected ", types.back());
  return success();
}

int64_t ScatterAddOp::getAxis() { return fromFront(getDim(), getInput()); }

// y = onto, x added at indices      dx = dy at indices      donto = dy
void ScatterAddOp::buildGradient(GradBuilder &g) {
  if (g.wants(0))
    g.accumulate(0u, GatherOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getIndices(), getDim()));
  g.accumulate(getOnto(), g.cotangent());
}

uint64_t ScatterAddOp::getFlops() { return elementCount(getInput().getType()); }

//===-- one_hot ---------------------------------------------------------------------------------------------------===//

LogicalResult OneHotOp::followSequence(SequenceDims &dims) { return dims.followRows(*this, getIndices(), /*kept=*/0); }

LogicalResult OneHotOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (std::optional<int64_t> classes = literalSize(adaptor.getClasses()); classes && *classes < 1)
    return emitOptionalError(loc, "one_hot: ", *classes, " classes, expected 1 or more");
  if (!isa<FloatType>(adaptor.getDtype()))
    return emitOptionalError(loc, "one_hot: elements of ", adaptor.getDtype(), ", expected floating-point numbers");
  SmallVector<int64_t> shape(shapeOf(adaptor.getIndices().getType()));
  shape.push_back(extentOf(adaptor.getClasses()));
  types.push_back(RankedTensorType::get(shape, adaptor.getDtype()));
  return success();
}

//===-- top_k -----------------------------------------------------------------------------------------------------===//

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  SmallVector<int64_t> shape(shapeOf(input));
  // While an op is parsed its default attributes are still absent.
  FailureOr<int64_t> axis = axisOf("top_k", loc, adaptor.getDimAttr() ? adaptor.getDim() : -1, shape.size());
  if (failed(axis))
    return failure();
  int64_t k = adaptor.getK();
  if (k < 1 || (!ShapedType::isDynamic(shape[*axis]) && k > shape[*axis]))
    return emitOptionalError(loc, "top_k: the ", k, " largest of ", extentName(shape[*axis]), " elements");
  shape[*axis] = k;
  types.push_back(withShape(input, shape));
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 32)));
  return success();
}

int64_t TopKOp::getAxis() { return fromFront(getDim(), getInput()); }

// values = x at indices      dx = dvalues added at indices
void TopKOp::buildGradient(GradBuilder &g) {
  int64_t extent = shapeOf(getInput().getType())[getAxis()];
  g.accumulate(0u, ScatterAddOp::create(g.getBuilder(), g.getLoc(), g.cotangent(0), getIndices(), /*onto=*/Value(),
                                        getAxis(), extent));
}

uint64_t TopKOp::getFlops() { return getK() * elementCount(getInput().getType()); }

//===-- cumsum ----------------------------------------------------------------------------------------------------===//

LogicalResult CumsumOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  types.push_back(input);
  return success(succeeded(axisOf("cumsum", loc, adaptor.getDimAttr() ? adaptor.getDim() : -1, shapeOf(input).size())));
}

int64_t CumsumOp::getAxis() { return fromFront(getDim(), getInput()); }

/// The running sum of one element is that element.
OpFoldResult CumsumOp::fold(FoldAdaptor) {
  return shapeOf(getType())[getAxis()] == 1 && !getExclusive() ? OpFoldResult(getInput()) : OpFoldResult();
}

// y_i = sum of x_j over j <= i      dx_j = sum of dy_i over i >= j
void CumsumOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, CumsumOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getDim(), getExclusive(), !getReverse()));
}

uint64_t CumsumOp::getFlops() { return elementCount(getType()); }

} // namespace tern
