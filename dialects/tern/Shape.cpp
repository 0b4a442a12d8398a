// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape family: reshape, transpose, split, concat, slice, pad_slice, broadcast. How they follow a sequence is in ShapeSequence.cpp.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallBitVector.h"

#include <numeric>

using namespace mlir;

namespace tern {

/// The operand's constant under the result's shape, when it has one value everywhere.
static Attribute foldSplat(Attribute input, Type result) {
  auto splat = dyn_cast_if_present<SplatElementsAttr>(input);
  auto type = cast<RankedTensorType>(result);
  return splat && type.hasStaticShape() ? splat.resizeSplat(type) : Attribute();
}

/// True when both types are the same and leave nothing open.
static bool sameStaticType(Type a, Type b) { return a == b && cast<RankedTensorType>(a).hasStaticShape(); }

//===-- reshape ---------------------------------------------------------------------------------------------------===//

/// Replaces the one -1 of `shape`, or checks the number of elements. Extents that 0 copied cancel out.
static LogicalResult fillReshape(std::optional<Location> loc, ArrayRef<int64_t> input, ArrayRef<int64_t> requested,
                                 SmallVectorImpl<int64_t> &shape) {
  int64_t available = 1, taken = 1, open = -1;
  bool known = true;
  for (size_t dim = 0; dim < input.size(); ++dim) {
    bool copied = dim < requested.size() && requested[dim] == 0;
    known &= copied || !ShapedType::isDynamic(input[dim]);
    available *= copied ? 1 : input[dim];
  }
  for (size_t dim = 0; dim < requested.size(); ++dim) {
    if (requested[dim] == -1)
      open = dim;
    else if (requested[dim] != 0)
      taken *= requested[dim];
  }
  if (known && (open < 0 ? available != taken : available % taken != 0))
    return emitOptionalError(loc, "reshape: ", available, " elements do not fill a shape of ", taken);
  if (open >= 0)
    shape[open] = known ? available / taken : ShapedType::kDynamic;
  return success();
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> input = shapeOf(adaptor.getInput().getType()), requested = adaptor.getShape();
  if (llvm::count(requested, -1) > 1)
    return emitOptionalError(loc, "reshape: more than one extent is -1");
  SmallVector<int64_t> shape(requested);
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    if (extent < -1)
      return emitOptionalError(loc, "reshape, dimension ", dim, ": extent ", extent);
    if (extent == 0 && dim >= input.size())
      return emitOptionalError(loc, "reshape, dimension ", dim, ": 0 copies an extent, but the operand has rank ",
                               input.size());
    if (extent == 0)
      extent = input[dim];
  }
  if (failed(fillReshape(loc, input, requested, shape)))
    return failure();
  types.push_back(withShape(adaptor.getInput().getType(), shape));
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (sameStaticType(getInput().getType(), getType()))
    return getInput();
  if (Attribute constant = foldSplat(adaptor.getInput(), getType()))
    return constant;
  auto first = getInput().getDefiningOp<ReshapeOp>();
  if (!first || !cast<RankedTensorType>(getType()).hasStaticShape())
    return {};
  if (first.getInput().getType() == getType())
    return first.getInput();
  getInputMutable().assign(first.getInput());
  setShape(shapeOf(getType()));
  return getResult();
}

// y = x in another shape      dx = dy in the shape of x
void ReshapeOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, g.reshape(g.cotangent(), shapeOf(getInput().getType())));
}

//===-- transpose -------------------------------------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> input = shapeOf(adaptor.getInput().getType()), permutation = adaptor.getPermutation();
  if (permutation.size() != input.size())
    return emitOptionalError(loc, "transpose: a permutation of ", permutation.size(),
                             " dimensions for a tensor of rank ", input.size());
  llvm::SmallBitVector seen(input.size());
  SmallVector<int64_t> shape;
  for (int64_t source : permutation) {
    if (source < 0 || source >= static_cast<int64_t>(input.size()) || seen[source])
      return emitOptionalError(loc, "transpose: dimension ", source, " is out of range or named twice");
    seen.set(source);
    shape.push_back(input[source]);
  }
  types.push_back(withShape(adaptor.getInput().getType(), shape));
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> permutation = getPermutation();
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return getInput();
  if (Attribute constant = foldSplat(adaptor.getInput(), getType()))
    return constant;
  auto first = getInput().getDefiningOp<TransposeOp>();
  if (!first)
    return {};
  SmallVector<int64_t> composed;
  for (int64_t source : permutation)
    composed.push_back(first.getPermutation()[source]);
  getInputMutable().assign(first.getInput());
  setPermutation(composed);
  return getResult();
}

// y = x transposed by p      dx = dy transposed by the inverse of p
void TransposeOp::buildGradient(GradBuilder &g) {
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [dim, source] : llvm::enumerate(getPermutation()))
    inverse[source] = dim;
  g.accumulate(0u, TransposeOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), inverse));
}

//===-- split -----------------------------------------------------------------------------------------------------===//

static LogicalResult partSizes(std::optional<Location> loc, int64_t extent, int64_t axis, std::optional<int64_t> parts,
                               std::optional<ArrayRef<int64_t>> sizes, SmallVectorImpl<int64_t> &result) {
  if (parts.has_value() == sizes.has_value())
    return emitOptionalError(loc, "split takes either `into` or `sizes`");
  if (sizes) {
    result.assign(sizes->begin(), sizes->end());
    int64_t total = std::accumulate(result.begin(), result.end(), int64_t(0));
    return expectExtent(loc, "split, dimension " + Twine(axis) + ", sum of the sizes", extent, total);
  }
  bool dynamic = ShapedType::isDynamic(extent);
  if (*parts < 1 || (!dynamic && extent % *parts != 0))
    return emitOptionalError(loc, "split, dimension ", axis, ": ", extentName(extent), " is not divisible into ",
                             *parts, " parts");
  result.assign(*parts, dynamic ? extent : extent / *parts);
  return success();
}

int64_t SplitOp::getAxis() { return fromFront(getDim(), getInput()); }

SmallVector<int64_t> SplitOp::getPartSizes() {
  return llvm::map_to_vector(getResults(), [&](Value part) { return shapeOf(part.getType())[getAxis()]; });
}

LogicalResult SplitOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  SmallVector<int64_t> shape(shapeOf(input)), sizes;
  FailureOr<int64_t> axis = axisOf("split", loc, adaptor.getDim(), shape.size());
  if (failed(axis) || failed(partSizes(loc, shape[*axis], *axis, adaptor.getParts(), adaptor.getSizes(), sizes)))
    return failure();
  for (int64_t size : sizes) {
    shape[*axis] = size;
    types.push_back(withShape(input, shape));
  }
  return success();
}

// y_0, y_1, ... = parts of x      dx = dy_0, dy_1, ... put together
void SplitOp::buildGradient(GradBuilder &g) {
  SmallVector<Value> parts;
  for (unsigned part = 0; part < getNumResults(); ++part)
    parts.push_back(g.cotangent(part));
  g.accumulate(0u, ConcatOp::create(g.getBuilder(), g.getLoc(), parts, getAxis()));
}

//===-- concat ----------------------------------------------------------------------------------------------------===//

int64_t ConcatOp::getAxis() { return fromFront(getDim(), getResult()); }

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getInputs().empty())
    return emitOptionalError(loc, "concat takes at least one tensor");
  Type first = adaptor.getInputs().front().getType();
  SmallVector<int64_t> shape(shapeOf(first));
  FailureOr<int64_t> axis = axisOf("concat", loc, adaptor.getDim(), shape.size());
  if (failed(axis))
    return failure();
  for (Type type : adaptor.getInputs().drop_front().getTypes()) {
    ArrayRef<int64_t> other = shapeOf(type);
    if (other.size() != shape.size() || elementOf(type) != elementOf(first))
      return emitOptionalError(loc, "concat: ", first, " and ", type, " differ in rank or element type");
    for (int64_t dim = 0, rank = shape.size(); dim < rank; ++dim) {
      bool grows = dim == *axis;
      if (!grows && failed(expectExtent(loc, "concat, dimension " + Twine(dim), shape[dim], other[dim])))
        return failure();
      bool open = grows && (ShapedType::isDynamic(shape[dim]) || ShapedType::isDynamic(other[dim]));
      shape[dim] =
          !grows ? mergeExtents(shape[dim], other[dim]) : (open ? ShapedType::kDynamic : shape[dim] + other[dim]);
    }
  }
  types.push_back(withShape(first, shape));
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? OpFoldResult(getInputs()[0]) : OpFoldResult();
}

// y = x_0, x_1, ... put together      dx_i = part i of dy
void ConcatOp::buildGradient(GradBuilder &g) {
  SmallVector<int64_t> sizes =
      llvm::map_to_vector(getInputs(), [&](Value input) { return shapeOf(input.getType())[getAxis()]; });
  auto parts = SplitOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getAxis(), sizes);
  for (auto [operand, part] : llvm::enumerate(parts.getResults()))
    g.accumulate(static_cast<unsigned>(operand), part);
}

//===-- slice -----------------------------------------------------------------------------------------------------===//

static SmallVector<int64_t> strideValues(std::optional<ArrayRef<int64_t>> strides, size_t rank) {
  return strides ? SmallVector<int64_t>(*strides) : SmallVector<int64_t>(rank, 1);
}

/// Strides as an attribute, none where all are one.
static DenseI64ArrayAttr strideAttr(OpBuilder &builder, ArrayRef<int64_t> strides) {
  bool plain = llvm::all_of(strides, [](int64_t stride) { return stride == 1; });
  return plain ? DenseI64ArrayAttr() : builder.getDenseI64ArrayAttr(strides);
}

void SliceOp::build(OpBuilder &builder, OperationState &state, Value input, ArrayRef<int64_t> offsets,
                    ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  build(builder, state, input, builder.getDenseI64ArrayAttr(offsets), builder.getDenseI64ArrayAttr(sizes),
        strideAttr(builder, strides));
}

SmallVector<int64_t> SliceOp::getStrideValues() { return strideValues(getStrides(), getOffsets().size()); }

/// The extent of a slice in one dimension; -1 as size runs to the end.
static FailureOr<int64_t> sliceExtent(std::optional<Location> loc, size_t dim, int64_t extent, int64_t offset,
                                      int64_t size, int64_t stride) {
  bool open = ShapedType::isDynamic(extent);
  if (offset < 0 || size < -1 || size == 0 || stride < 1)
    return emitOptionalError(loc, "slice, dimension ", dim, ": offset ", offset, ", size ", size, ", stride ", stride);
  if (size == -1 && open)
    return ShapedType::kDynamic;
  int64_t last = size == -1 ? offset : offset + (size - 1) * stride;
  if (!open && last >= extent)
    return emitOptionalError(loc, "slice, dimension ", dim, ": element ", last, " of ", extent);
  return size == -1 ? (extent - offset + stride - 1) / stride : size;
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> input = shapeOf(adaptor.getInput().getType());
  SmallVector<int64_t> strides = strideValues(adaptor.getStrides(), input.size()), shape;
  if (adaptor.getOffsets().size() != input.size() || adaptor.getSizes().size() != input.size() ||
      strides.size() != input.size())
    return emitOptionalError(loc, "slice: ", adaptor.getOffsets().size(), " offsets, ", adaptor.getSizes().size(),
                             " sizes and ", strides.size(), " strides for a tensor of rank ", input.size());
  for (size_t dim = 0; dim < input.size(); ++dim) {
    FailureOr<int64_t> extent =
        sliceExtent(loc, dim, input[dim], adaptor.getOffsets()[dim], adaptor.getSizes()[dim], strides[dim]);
    if (failed(extent))
      return failure();
    shape.push_back(*extent);
  }
  types.push_back(withShape(adaptor.getInput().getType(), shape));
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (sameStaticType(getInput().getType(), getType()))
    return getInput();
  return foldSplat(adaptor.getInput(), getType());
}

// y = box of x      dx = dy set into zeros
void SliceOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, PadSliceOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getOffsets(), getStrideValues(),
                                      shapeOf(getInput().getType())));
}

//===-- pad_slice -------------------------------------------------------------------------------------------------===//

void PadSliceOp::build(OpBuilder &builder, OperationState &state, Value input, ArrayRef<int64_t> offsets,
                       ArrayRef<int64_t> strides, ArrayRef<int64_t> shape) {
  build(builder, state, input, builder.getDenseI64ArrayAttr(offsets), strideAttr(builder, strides),
        builder.getDenseI64ArrayAttr(shape));
}

SmallVector<int64_t> PadSliceOp::getStrideValues() { return strideValues(getStrides(), getOffsets().size()); }

LogicalResult PadSliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> input = shapeOf(adaptor.getInput().getType()), shape = adaptor.getShape();
  SmallVector<int64_t> strides = strideValues(adaptor.getStrides(), input.size());
  if (adaptor.getOffsets().size() != input.size() || shape.size() != input.size() || strides.size() != input.size())
    return emitOptionalError(loc, "pad_slice: ", adaptor.getOffsets().size(), " offsets, ", strides.size(),
                             " strides and ", shape.size(), " extents for a tensor of rank ", input.size());
  for (size_t dim = 0; dim < input.size(); ++dim) {
    int64_t last = adaptor.getOffsets()[dim] + (input[dim] - 1) * strides[dim];
    bool open = ShapedType::isDynamic(input[dim]);
    if (adaptor.getOffsets()[dim] < 0 || strides[dim] < 1 || (!open && last >= shape[dim]))
      return emitOptionalError(loc, "pad_slice, dimension ", dim, ": ", extentName(input[dim]), " elements from ",
                               adaptor.getOffsets()[dim], " by ", strides[dim], " do not fit into ", shape[dim]);
  }
  types.push_back(withShape(adaptor.getInput().getType(), shape));
  return success();
}

// y = x set into zeros      dx = box of dy
void PadSliceOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, SliceOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getOffsets(),
                                   shapeOf(getInput().getType()), getStrideValues()));
}

//===-- broadcast -------------------------------------------------------------------------------------------------===//

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> input = shapeOf(adaptor.getInput().getType());
  SmallVector<int64_t> shape(adaptor.getShape());
  if (shape.size() < input.size())
    return emitOptionalError(loc, "broadcast: a tensor of rank ", input.size(), " to rank ", shape.size());
  for (size_t dim = 0, extra = shape.size() - input.size(); dim < shape.size(); ++dim) {
    if (shape[dim] < 0 || (shape[dim] == 0 && dim < extra))
      return emitOptionalError(loc, "broadcast, dimension ", dim, ": extent ", shape[dim]);
    if (dim < extra)
      continue;
    int64_t own = input[dim - extra];
    if (shape[dim] == 0)
      shape[dim] = own;
    else if (own != 1 && !extentsAgree(own, shape[dim]))
      return emitOptionalError(loc, "broadcast, dimension ", dim, ": ", own, " does not repeat to ", shape[dim]);
  }
  types.push_back(withShape(adaptor.getInput().getType(), shape));
  return success();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (sameStaticType(getInput().getType(), getType()))
    return getInput();
  return foldSplat(adaptor.getInput(), getType());
}

// y = x repeated      dx = sum of dy over the repeats
void BroadcastOp::buildGradient(GradBuilder &g) { g.accumulate(0u, g.cotangent()); }

} // namespace tern
