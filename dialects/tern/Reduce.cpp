// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reduce family: sum, mean, max, argmax, softmax, log_softmax, masked_mean, cosine_similarity.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace tern {

//===-- dimensions ------------------------------------------------------------------------------------------------===//

ParseResult parseReduction(OpAsmParser &parser, DenseI64ArrayAttr &dims, UnitAttr &keepDims, Type &input) {
  SmallVector<int64_t> values;
  SMLoc dimsLoc = parser.getCurrentLocation();
  auto parseDim = [&] { return parser.parseInteger(values.emplace_back()); };
  if (succeeded(parser.parseOptionalKeyword("dims")) &&
      parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Square, parseDim))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("keep_dims")))
    keepDims = parser.getBuilder().getUnitAttr();
  if (parser.parseColonType(input))
    return failure();
  if (auto tensor = dyn_cast<RankedTensorType>(input))
    for (int64_t &dim : values)
      dim += dim < 0 ? tensor.getRank() : 0;
  llvm::sort(values);
  if (std::adjacent_find(values.begin(), values.end()) != values.end())
    return parser.emitError(dimsLoc, "a dimension is named twice");
  dims = parser.getBuilder().getDenseI64ArrayAttr(values);
  return success();
}

void printReduction(OpAsmPrinter &printer, Operation *, DenseI64ArrayAttr dims, UnitAttr keepDims, Type input) {
  if (!dims.empty()) {
    printer << "dims [";
    llvm::interleaveComma(dims.asArrayRef(), printer);
    printer << "] ";
  }
  if (keepDims)
    printer << "keep_dims ";
  printer << ": " << input;
}

/// All dimensions where none is named.
static SmallVector<int64_t> reducedDims(ArrayRef<int64_t> dims, size_t rank) {
  return dims.empty() ? llvm::to_vector(llvm::seq<int64_t>(0, rank)) : SmallVector<int64_t>(dims);
}

static LogicalResult checkDims(StringRef name, std::optional<Location> loc, ArrayRef<int64_t> dims, int64_t rank) {
  for (auto [position, dim] : llvm::enumerate(dims)) {
    if (dim < 0 || dim >= rank)
      return emitOptionalError(loc, name, ": dimension ", dim, " of a tensor of rank ", rank);
    if (position > 0 && dims[position - 1] >= dim)
      return emitOptionalError(loc, name, ": dimensions are not sorted: ", dims[position - 1], " before ", dim);
  }
  return success();
}

static LogicalResult inferReduction(StringRef name, std::optional<Location> loc, Type input, ArrayRef<int64_t> dims,
                                    bool keepDims, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> from = shapeOf(input);
  if (failed(checkDims(name, loc, dims, from.size())))
    return failure();
  SmallVector<int64_t> reduced = reducedDims(dims, from.size()), shape;
  for (int64_t dim = 0, rank = from.size(); dim < rank; ++dim) {
    if (!llvm::is_contained(reduced, dim))
      shape.push_back(from[dim]);
    else if (keepDims)
      shape.push_back(1);
  }
  types.push_back(withShape(input, shape));
  return success();
}

/// A reduction of other dimensions than the sequence leaves it, further to the front by those that disappear before it.
static LogicalResult followReduction(SequenceDims &dims, Value input, Value result, ArrayRef<int64_t> reduced, bool keepDims) {
  int64_t dim = dims.of(input).value();
  if (llvm::is_contained(reduced, dim))
    return failure();
  dims.set(result, keepDims ? dim : dim - llvm::count_if(reduced, [&](int64_t other) { return other < dim; }));
  return success();
}

/// The shape of the operand with extent 1 where it is reduced.
static SmallVector<int64_t> keptShape(Value input, ArrayRef<int64_t> reduced) {
  SmallVector<int64_t> shape(shapeOf(input.getType()));
  for (int64_t dim : reduced)
    shape[dim] = 1;
  return shape;
}

static int64_t reducedCount(Value input, ArrayRef<int64_t> reduced) {
  int64_t count = 1;
  for (int64_t dim : reduced)
    count *= shapeOf(input.getType())[dim];
  return count;
}

/// The cotangent of a reduction, repeated to the shape of its operand.
static Value repeat(GradBuilder &g, Value cotangent, Value input, ArrayRef<int64_t> reduced) {
  Value kept = g.reshape(cotangent, keptShape(input, reduced));
  return BroadcastOp::create(g.getBuilder(), g.getLoc(), kept, shapeOf(input.getType()));
}

//===-- sum, mean, max --------------------------------------------------------------------------------------------===//

// A reduction over nothing is its operand.
#define TERN_REDUCTION(OP)                                                                                             \
  LogicalResult OP::verify() {                                                                                         \
    return checkDims(getOperationName(), getLoc(), getDims(), shapeOf(getInput().getType()).size());                   \
  }                                                                                                                    \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,                      \
                                     SmallVectorImpl<Type> &types) {                                                   \
    return inferReduction(getOperationName(), loc, adaptor.getInput().getType(), adaptor.getDims(),                    \
                          adaptor.getKeepDims(), types);                                                               \
  }                                                                                                                    \
  OpFoldResult OP::fold(FoldAdaptor) {                                                                                 \
    bool keepsAll = getInput().getType() == getType() && cast<RankedTensorType>(getType()).hasStaticShape();           \
    return keepsAll ? OpFoldResult(getInput()) : OpFoldResult();                                                       \
  }                                                                                                                    \
  SmallVector<int64_t> OP::getReducedDims() { return reducedDims(getDims(), shapeOf(getInput().getType()).size()); }   \
  LogicalResult OP::followSequence(SequenceDims &dims) {                                                               \
    return followReduction(dims, getInput(), getResult(), getReducedDims(), getKeepDims());                            \
  }                                                                                                                    \
  uint64_t OP::getFlops() { return elementCount(getInput().getType()); }

TERN_REDUCTION(SumOp)
TERN_REDUCTION(MeanOp)
TERN_REDUCTION(MaxOp)

#undef TERN_REDUCTION

// y = sum x      dx = dy repeated
void SumOp::buildGradient(GradBuilder &g) { g.accumulate(0u, repeat(g, g.cotangent(), getInput(), getReducedDims())); }

// y = sum x / n      dx = dy / n repeated
void MeanOp::buildGradient(GradBuilder &g) {
  SmallVector<int64_t> reduced = getReducedDims();
  Value each = g.scale(g.cotangent(), 1.0 / reducedCount(getInput(), reduced));
  g.accumulate(0u, repeat(g, each, getInput(), reduced));
}

// y = max x      dx = [x = y] dy / (number of x that are y)
void MaxOp::buildGradient(GradBuilder &g) {
  SmallVector<int64_t> reduced = getReducedDims(), kept = keptShape(getInput(), reduced);
  Value largest = EqualOp::create(g.getBuilder(), g.getLoc(), getInput(), g.reshape(getResult(), kept));
  Value ties = g.sum(largest, reduced, /*keepDims=*/true);
  g.accumulate(0u, g.mul(largest, g.div(g.reshape(g.cotangent(), kept), ties)));
}

//===-- along one dimension ---------------------------------------------------------------------------------------===//

/// Counts a negative dimension from the end. While an op is parsed its default attributes are still absent.
static FailureOr<int64_t> axisOf(StringRef name, std::optional<Location> loc, IntegerAttr attribute, Type type) {
  return axisOf(name, loc, attribute ? attribute.getInt() : -1, shapeOf(type).size());
}

static LogicalResult inferAlongDim(StringRef name, std::optional<Location> loc, Value input, IntegerAttr dim,
                                   SmallVectorImpl<Type> &types) {
  types.push_back(input.getType());
  return success(succeeded(axisOf(name, loc, dim, input.getType())));
}

//===-- argmax ----------------------------------------------------------------------------------------------------===//

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  FailureOr<int64_t> axis = axisOf("argmax", loc, adaptor.getDimAttr(), input);
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(shapeOf(input));
  shape.erase(shape.begin() + *axis);
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 32)));
  return success();
}

int64_t ArgmaxOp::getAxis() { return fromFront(getDim(), getInput()); }

LogicalResult ArgmaxOp::followSequence(SequenceDims &dims) {
  return followReduction(dims, getInput(), getResult(), getAxis(), /*keepDims=*/false);
}

uint64_t ArgmaxOp::getFlops() { return elementCount(getInput().getType()); }

//===-- softmax ---------------------------------------------------------------------------------------------------===//

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferAlongDim("softmax", loc, adaptor.getInput(), adaptor.getDimAttr(), types);
}

// dx = y (dy - sum(dy y))
void SoftmaxOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent();
  Value inner = g.sum(g.mul(dy, getResult()), {getAxis()}, /*keepDims=*/true);
  g.accumulate(0u, g.mul(getResult(), g.sub(dy, inner)));
}

int64_t SoftmaxOp::getAxis() { return fromFront(getDim(), getInput()); }

LogicalResult SoftmaxOp::followSequence(SequenceDims &dims) {
  return followReduction(dims, getInput(), getResult(), getAxis(), /*keepDims=*/true);
}

uint64_t SoftmaxOp::getFlops() { return 5 * elementCount(getType()); }

//===-- log_softmax -----------------------------------------------------------------------------------------------===//

LogicalResult LogSoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  return inferAlongDim("log_softmax", loc, adaptor.getInput(), adaptor.getDimAttr(), types);
}

// dx = dy - e^y sum(dy)
void LogSoftmaxOp::buildGradient(GradBuilder &g) {
  Value dy = g.cotangent();
  Value probabilities = ExpOp::create(g.getBuilder(), g.getLoc(), getResult());
  g.accumulate(0u, g.sub(dy, g.mul(probabilities, g.sum(dy, {getAxis()}, /*keepDims=*/true))));
}

int64_t LogSoftmaxOp::getAxis() { return fromFront(getDim(), getInput()); }

LogicalResult LogSoftmaxOp::followSequence(SequenceDims &dims) {
  return followReduction(dims, getInput(), getResult(), getAxis(), /*keepDims=*/true);
}

uint64_t LogSoftmaxOp::getFlops() { return 5 * elementCount(getType()); }

//===-- masked_mean -----------------------------------------------------------------------------------------------===//

LogicalResult MaskedMeanOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  if (failed(expectLengths("masked_mean", loc, input, adaptor.getLengths().getType(), /*rank=*/2)))
    return failure();
  SmallVector<int64_t> shape(shapeOf(input));
  shape.erase(shape.begin() + 1);
  types.push_back(withShape(input, shape));
  return success();
}

// y = sum of x m / n,  m the mask of length n, n 1 at least      dx = m dy / n
void MaskedMeanOp::buildGradient(GradBuilder &g) {
  ArrayRef<int64_t> shape = shapeOf(getInput().getType());
  SmallVector<int64_t> perToken(shape.size(), 1), perRow(shape);
  perToken[0] = shape[0], perToken[1] = shape[1], perRow[1] = 1;
  Value mask = g.reshape(LengthMaskOp::create(g.getBuilder(), g.getLoc(), getLengths(), getInput()), perToken);
  Value count = g.sum(mask, {1}, /*keepDims=*/true), one = g.constant(1.0, mask);
  Value mean = g.div(mask, MaximumOp::create(g.getBuilder(), g.getLoc(), count, one));
  g.accumulate(0u, g.mul(g.reshape(g.cotangent(), perRow), mean));
}

uint64_t MaskedMeanOp::getFlops() { return elementCount(getInput().getType()); }

//===-- cosine_similarity -----------------------------------------------------------------------------------------===//

LogicalResult CosineSimilarityOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                   SmallVectorImpl<Type> &types) {
  Type lhs = adaptor.getLhs().getType(), rhs = adaptor.getRhs().getType();
  if (lhs != rhs)
    return emitOptionalError(loc, "cosine_similarity: ", lhs, " and ", rhs, " differ");
  if (shapeOf(lhs).empty())
    return emitOptionalError(loc, "cosine_similarity: takes vectors, found rank 0");
  types.push_back(withShape(lhs, shapeOf(lhs).drop_back()));
  return success();
}

// r = 1/max(|a|, eps),  s = 1/max(|b|, eps),  y = r s sum(a b)
// da = dy r (s b - y r a), without the second term where |a| < eps; db alike
void CosineSimilarityOp::buildGradient(GradBuilder &g) {
  OpBuilder &b = g.getBuilder();
  double eps = getEps().convertToDouble();
  SmallVector<int64_t> kept = keptShape(getLhs(), {static_cast<int64_t>(shapeOf(getLhs().getType()).size()) - 1});
  Value y = g.reshape(getResult(), kept), dy = g.reshape(g.cotangent(), kept), floor = g.constant(eps * eps, y);
  SmallVector<Value> reciprocals, counts; // of each operand, and whether its length changes y
  for (Value operand : {getLhs(), getRhs()}) {
    Value square = g.sum(g.mul(operand, operand), {-1}, /*keepDims=*/true);
    reciprocals.push_back(RsqrtOp::create(b, g.getLoc(), MaximumOp::create(b, g.getLoc(), square, floor)));
    counts.push_back(GreaterOp::create(b, g.getLoc(), square, floor));
  }
  for (unsigned operand : {0u, 1u}) {
    if (!g.wants(operand))
      continue;
    Value own = getOperand(operand), other = getOperand(1 - operand), r = reciprocals[operand];
    Value turned = g.mul(g.mul(g.mul(y, r), counts[operand]), own);
    g.accumulate(operand, g.mul(g.mul(dy, r), g.sub(g.mul(reciprocals[1 - operand], other), turned)));
  }
}

uint64_t CosineSimilarityOp::getFlops() { return 6 * elementCount(getLhs().getType()); }

} // namespace tern
