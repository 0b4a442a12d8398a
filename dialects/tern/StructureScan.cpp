// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure family: scan.

#include "dialects/tern/Shapes.h"
#include "dialects/tern/StructureAssembly.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

//===-- scan ---------------------------------------------------------------------------------------------------------===//

static Type sliceType(Type sequence, int64_t dim) {
  SmallVector<int64_t> shape(shapeOf(sequence));
  shape.erase(shape.begin() + dim);
  return withShape(sequence, shape);
}

static Type stackType(Type slice, int64_t dim, int64_t steps) {
  SmallVector<int64_t> shape(shapeOf(slice));
  shape.insert(shape.begin() + dim, steps);
  return withShape(slice, shape);
}

/// The steps that the sequences agree on.
static int64_t stepsOf(TypeRange sequences, int64_t dim) {
  int64_t steps = ShapedType::kDynamic;
  for (Type type : sequences)
    steps = mergeExtents(steps, shapeOf(type)[dim]);
  return steps;
}

int64_t ScanOp::getTripCount() {
  int64_t steps = stepsOf(getStacked().getTypes(), getDim());
  return ShapedType::isDynamic(steps) ? -1 : steps;
}

Type ScanOp::getSliceType(Type stacked) { return sliceType(stacked, getDim()); }

Type ScanOp::getStackType(Type slice) { return stackType(slice, getDim(), stepsOf(getStacked().getTypes(), getDim())); }

namespace {
/// `dim 0 lengths(%n : tensor<2xi32>)`, both optional.
struct ScanOptions {
  int64_t dim = 1;
  SmallVector<OpAsmParser::UnresolvedOperand, 1> lengths;
  Type lengthsType;

  ParseResult parse(OpAsmParser &parser) {
    SMLoc loc = parser.getCurrentLocation();
    if (succeeded(parser.parseOptionalKeyword("dim")) && parser.parseInteger(dim))
      return failure();
    if (dim < 0)
      return parser.emitError(loc, "time is a dimension from 0 on, found ") << dim;
    if (failed(parser.parseOptionalKeyword("lengths")))
      return success();
    return failure(parser.parseLParen() || parser.parseOperand(lengths.emplace_back()) ||
                   parser.parseColonType(lengthsType) || parser.parseRParen());
  }
};
} // namespace

ParseResult ScanOp::parse(OpAsmParser &parser, OperationState &result) {
  Properties &properties = result.getOrAddProperties<Properties>();
  LoopSyntax syntax;
  ScanOptions options;
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    properties.reverse = parser.getBuilder().getUnitAttr();
  if (syntax.parseBindings(parser, "over") || options.parse(parser))
    return failure();
  int64_t dim = options.dim, steps = ShapedType::kDynamic;
  auto slice = [&](SMLoc loc, Type type) -> FailureOr<Type> {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || tensor.getRank() <= dim)
      return parser.emitError(loc, "a sequence has time as dimension ") << dim << ", found " << type;
    steps = mergeExtents(steps, tensor.getShape()[dim]);
    return sliceType(type, dim);
  };
  auto stack = [&](SMLoc loc, Type type) -> FailureOr<Type> {
    if (static_cast<int64_t>(shapeOf(type).size()) < dim)
      return parser.emitError(loc, "time is dimension ") << dim << " of a sequence, but a step gives " << type;
    return stackType(type, dim, steps);
  };
  SMLoc loc = parser.getCurrentLocation();
  if (syntax.parseBody(parser, result, slice, stack))
    return failure();
  properties.dim = parser.getBuilder().getI64IntegerAttr(dim);
  properties.operandSegmentSizes = {static_cast<int32_t>(syntax.inits.size()), static_cast<int32_t>(syntax.stacked.size()),
                                    static_cast<int32_t>(options.lengths.size())};
  return options.lengths.empty() ? success()
                                 : parser.resolveOperands(options.lengths, options.lengthsType, loc, result.operands);
}

void ScanOp::print(OpAsmPrinter &printer) {
  if (getReverse())
    printer << " reverse";
  printLoopBindings(printer, *this, "over");
  if (getDim() != 1)
    printer << " dim " << getDim();
  if (Value lengths = getLengths())
    printer << " lengths(" << lengths << " : " << lengths.getType() << ")";
  printLoopBody(printer, *this);
}

LogicalResult ScanOp::verify() {
  if (getStacked().empty())
    return emitOpError("goes over at least one sequence: how many steps it takes follows from that");
  int64_t dim = getDim(), steps = ShapedType::kDynamic;
  for (auto [number, sequence] : llvm::enumerate(getStacked())) {
    int64_t rank = shapeOf(sequence.getType()).size();
    if (dim < 0 || rank <= dim)
      return emitOpError("sequence ") << number << " has rank " << rank << ", time is dimension " << dim;
    int64_t extent = shapeOf(sequence.getType())[dim];
    if (failed(expectExtent(getLoc(), "sequence " + Twine(number) + ", steps", steps, extent)))
      return failure();
    steps = mergeExtents(steps, extent);
  }
  return success();
}

/// With lengths, dimension 0 of a state or of a slice is the batch.
static LogicalResult expectBatch(ScanOp op, StringRef what, size_t number, Type type) {
  ArrayRef<int64_t> shape = shapeOf(type);
  if (shape.empty())
    return op.emitOpError() << what << " " << number << " has no batch dimension, but rows have lengths";
  return expectExtent(op.getLoc(), what + Twine(" ") + Twine(number) + ", batch", shapeOf(op.getLengths().getType())[0],
                      shape[0]);
}

LogicalResult ScanOp::verifyRegions() {
  if (failed(verifyLoopBody(*this)))
    return failure();
  if (!getLengths())
    return success();
  for (auto [number, type] : llvm::enumerate(getYield()->getOperandTypes())) {
    bool isState = number < getInits().size();
    if (failed(expectBatch(*this, isState ? "state" : "stacked value", isState ? number : number - getInits().size(), type)))
      return failure();
  }
  return success();
}

/// Forwards along the sequence, from a state that does not depend on it, and nobody asks for the state at its end.
LogicalResult ScanOp::followSequence(SequenceDims &dims) {
  auto isAlong = [&](Value value) { return dims.of(value).has_value(); };
  bool isOver = llvm::all_of(getStacked(), [&](Value sequence) { return dims.of(sequence) == static_cast<int64_t>(getDim()); });
  bool endCounts = llvm::any_of(getCarriedResults(), [](Value end) { return !end.use_empty(); });
  WalkResult body = getBody().walk([&](Operation *op) {
    return llvm::any_of(op->getOperands(), isAlong) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (!isOver || getReverse() || getLengths() || endCounts || llvm::any_of(getInits(), isAlong) || body.wasInterrupted())
    return failure();
  for (Value result : getStackedResults())
    dims.set(result, getDim());
  return success();
}

bool ScanOp::isPositionwise() { return false; }

/// The state goes on from where the last step left it; tokens that are not there leave it as it is.
LogicalResult ScanOp::buildStep(StepBuilder &step) {
  SmallVector<Value> states;
  for (OpOperand &init : getInitsMutable()) {
    states.push_back(step.state(*this, "state", init.get()));
    if (!states.back())
      return failure();
    init.set(states.back());
  }
  getLengthsMutable().assign(step.count());
  for (auto [state, end] : llvm::zip_equal(states, getCarriedResults()))
    step.keep(*this, state, end);
  return success();
}

} // namespace tern
