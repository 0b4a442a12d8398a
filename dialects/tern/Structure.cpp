// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure family: param, layers, yield. The scan is in StructureScan.cpp.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/StructureAssembly.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

//===-- param --------------------------------------------------------------------------------------------------------===//

LogicalResult ParamOp::verify() {
  ArrayRef<int64_t> shape = shapeOf(getType());
  if (shape.size() != getSizes().size())
    return emitOpError("'") << getName() << "' has " << getSizes().size() << " sizes but a type of rank " << shape.size();
  for (auto [dim, size] : llvm::enumerate(getSizes())) {
    if (std::optional<int64_t> extent = literalSize(size); extent && *extent < 1)
      return emitOpError("'") << getName() << "', dimension " << dim << ": a size is at least 1, found " << *extent;
    if (failed(expectExtent(getLoc(), "'" + getName() + "', dimension " + Twine(dim), extentOf(size), shape[dim])))
      return failure();
  }
  return success();
}

//===-- layers -------------------------------------------------------------------------------------------------------===//

int64_t LayersOp::getTripCount() { return literalSize(getCount()).value_or(-1); }

Type LayersOp::getSliceType(Type stacked) { return withShape(stacked, shapeOf(stacked).drop_front()); }

static Type stackType(Type slice, int64_t count) {
  SmallVector<int64_t> shape{count};
  llvm::append_range(shape, shapeOf(slice));
  return withShape(slice, shape);
}

Type LayersOp::getStackType(Type slice) { return stackType(slice, extentOf(getCount())); }

void LayersOp::build(OpBuilder &b, OperationState &state, Attribute count, StringAttr scope, bool reverse,
                     ValueRange inits, ValueRange stacked, TypeRange stackedResults) {
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.count = count;
  properties.scope = scope;
  properties.reverse = reverse ? b.getUnitAttr() : nullptr;
  properties.operandSegmentSizes = {static_cast<int32_t>(inits.size()), static_cast<int32_t>(stacked.size())};
  state.addOperands(inits);
  state.addOperands(stacked);
  state.addTypes(inits.getTypes());
  state.addTypes(stackedResults);
  OpBuilder::InsertionGuard guard(b);
  Block *block = b.createBlock(state.addRegion());
  block->addArgument(iterationNumberType(b), state.location);
  for (Type type : inits.getTypes())
    block->addArgument(type, state.location);
  for (Type type : stacked.getTypes())
    block->addArgument(withShape(type, shapeOf(type).drop_front()), state.location);
}

static ParseResult parseLayersHeader(OpAsmParser &parser, LayersOp::Properties &properties) {
  StringAttr scope;
  if (parseSize(parser, properties.count))
    return failure();
  OptionalParseResult hasScope = parser.parseOptionalAttribute(scope);
  if (hasScope.has_value()) {
    if (failed(*hasScope))
      return failure();
    properties.scope = scope;
  }
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    properties.reverse = parser.getBuilder().getUnitAttr();
  return success();
}

ParseResult LayersOp::parse(OpAsmParser &parser, OperationState &result) {
  Properties &properties = result.getOrAddProperties<Properties>();
  LoopSyntax syntax;
  if (parseLayersHeader(parser, properties) || syntax.parseBindings(parser, "stacked"))
    return failure();
  properties.operandSegmentSizes = {static_cast<int32_t>(syntax.inits.size()), static_cast<int32_t>(syntax.stacked.size())};
  auto slice = [&](SMLoc loc, Type type) -> FailureOr<Type> {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || tensor.getRank() == 0)
      return parser.emitError(loc, "a stacked operand has a leading layer dimension, found ") << type;
    return Type(withShape(type, tensor.getShape().drop_front()));
  };
  int64_t count = extentOf(properties.count);
  return syntax.parseBody(parser, result, slice,
                          [&](SMLoc, Type type) -> FailureOr<Type> { return stackType(type, count); });
}

void LayersOp::print(OpAsmPrinter &printer) {
  printer << " ";
  printSize(printer, *this, getCount());
  if (getScopeAttr())
    printer << " " << getScopeAttr();
  if (getReverse())
    printer << " reverse";
  printLoopBindings(printer, *this, "stacked");
  printLoopBody(printer, *this);
}

LogicalResult LayersOp::verify() {
  for (auto [number, operand] : llvm::enumerate(getStacked()))
    if (failed(expectExtent(getLoc(), "stacked operand " + Twine(number) + ", layer dimension", extentOf(getCount()),
                            shapeOf(operand.getType()).front())))
      return failure();
  if (std::optional<int64_t> count = literalSize(getCount()); count && *count < 1)
    return emitOpError("repeats at least once, found ") << *count;
  return success();
}

LogicalResult LayersOp::verifyRegions() { return verifyLoopBody(*this); }

} // namespace tern
