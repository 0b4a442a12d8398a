// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure family: param, layers, yield.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/Shapes.h"
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

static Type sliceType(Type stacked) { return withShape(stacked, shapeOf(stacked).drop_front()); }

static Type stackType(Type slice, int64_t count) {
  SmallVector<int64_t> shape{count};
  llvm::append_range(shape, shapeOf(slice));
  return withShape(slice, shape);
}

static Type indexType(Builder &b) { return RankedTensorType::get({}, b.getI64Type()); }

int64_t LayersOp::getTripCount() { return literalSize(getCount()).value_or(-1); }

MutableArrayRef<BlockArgument> LayersOp::getCarriedArguments() {
  return getBody().getArguments().slice(1, getInits().size());
}

MutableArrayRef<BlockArgument> LayersOp::getSliceArguments() {
  return getBody().getArguments().drop_front(1 + getInits().size());
}

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
  block->addArgument(indexType(b), state.location);
  for (Type type : inits.getTypes())
    block->addArgument(type, state.location);
  for (Type type : stacked.getTypes())
    block->addArgument(sliceType(type), state.location);
}

LayersOp LayersOp::alsoStack(Value value) {
  OpBuilder b(*this);
  SmallVector<Type> types(getStackedResults().getTypes());
  types.push_back(stackType(value.getType(), extentOf(getCount())));
  auto wider = LayersOp::create(b, getLoc(), getCount(), getScopeAttr(), getReverse(), getInits(), getStacked(), types);
  wider->setDiscardableAttrs((*this)->getDiscardableAttrDictionary());
  wider.getBody().takeBody(getBody());
  wider.getYield()->insertOperands(wider.getYield()->getNumOperands(), value);
  replaceAllUsesWith(wider.getResults().drop_back());
  erase();
  return wider;
}

/// `(%a = %x, ...)`
static ParseResult parseBindings(OpAsmParser &parser, SmallVectorImpl<OpAsmParser::Argument> &arguments,
                                 SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] {
    return failure(parser.parseArgument(arguments.emplace_back()) || parser.parseEqual() ||
                   parser.parseOperand(operands.emplace_back()));
  });
}

/// `index %i`, when the body uses the layer number.
static ParseResult parseIndexArgument(OpAsmParser &parser, SmallVectorImpl<OpAsmParser::Argument> &arguments) {
  if (failed(parser.parseOptionalKeyword("index")))
    return success();
  arguments.emplace_back().type = indexType(parser.getBuilder());
  return parser.parseArgument(arguments.back());
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

/// Result types: the carried ones, then one stacked type per further yielded value.
static ParseResult inferLayersResults(OpAsmParser &parser, OperationState &result, size_t carried, int64_t count) {
  Block &block = result.regions.front()->front();
  if (block.empty() || !isa<YieldOp>(block.back()))
    return parser.emitError(parser.getCurrentLocation(), "'tern.layers' body must end with 'tern.yield'");
  TypeRange yielded = block.back().getOperandTypes();
  if (yielded.size() < carried)
    return parser.emitError(parser.getCurrentLocation(), "'tern.yield' returns ")
           << yielded.size() << " values, but " << carried << " are carried";
  result.addTypes(yielded.take_front(carried));
  for (Type type : yielded.drop_front(carried))
    result.addTypes(stackType(type, count));
  return success();
}

ParseResult LayersOp::parse(OpAsmParser &parser, OperationState &result) {
  Properties &properties = result.getOrAddProperties<Properties>();
  SmallVector<OpAsmParser::Argument> arguments, carriedArguments, sliceArguments;
  SmallVector<OpAsmParser::UnresolvedOperand> inits, stacked;
  SmallVector<Type> types;
  if (parseLayersHeader(parser, properties) || parseIndexArgument(parser, arguments) ||
      parseBindings(parser, carriedArguments, inits))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("stacked")) && parseBindings(parser, sliceArguments, stacked))
    return failure();
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseColonTypeList(types))
    return failure();
  if (types.size() != inits.size() + stacked.size())
    return parser.emitError(loc, "expected ") << inits.size() + stacked.size() << " types, found " << types.size();
  auto initTypes = ArrayRef(types).take_front(inits.size()), stackedTypes = ArrayRef(types).drop_front(inits.size());
  for (Type type : stackedTypes)
    if (!isa<RankedTensorType>(type) || cast<RankedTensorType>(type).getRank() == 0)
      return parser.emitError(loc, "a stacked operand has a leading layer dimension, found ") << type;
  for (auto [argument, type] : llvm::zip_equal(carriedArguments, initTypes))
    argument.type = type;
  for (auto [argument, type] : llvm::zip_equal(sliceArguments, stackedTypes))
    argument.type = sliceType(type);
  bool namesIndex = !arguments.empty();
  llvm::append_range(arguments, carriedArguments);
  llvm::append_range(arguments, sliceArguments);
  if (parser.resolveOperands(inits, initTypes, loc, result.operands) ||
      parser.resolveOperands(stacked, stackedTypes, loc, result.operands) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  properties.operandSegmentSizes = {static_cast<int32_t>(inits.size()), static_cast<int32_t>(stacked.size())};
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  if (!namesIndex)
    body->insertArgument(0u, indexType(parser.getBuilder()), result.location);
  return inferLayersResults(parser, result, inits.size(), extentOf(properties.count));
}

static void printBindings(OpAsmPrinter &printer, ArrayRef<BlockArgument> arguments, ValueRange operands) {
  printer << "(";
  llvm::interleaveComma(llvm::zip_equal(arguments, operands), printer, [&](auto pair) {
    printer.printRegionArgument(std::get<0>(pair), {}, /*omitType=*/true);
    printer << " = " << std::get<1>(pair);
  });
  printer << ")";
}

void LayersOp::print(OpAsmPrinter &printer) {
  printer << " ";
  printSize(printer, *this, getCount());
  if (getScopeAttr())
    printer << " " << getScopeAttr();
  if (getReverse())
    printer << " reverse";
  if (!getIndex().use_empty()) {
    printer << " index ";
    printer.printRegionArgument(getIndex(), {}, /*omitType=*/true);
  }
  printer << " ";
  printBindings(printer, getCarriedArguments(), getInits());
  if (!getStacked().empty()) {
    printer << " stacked ";
    printBindings(printer, getSliceArguments(), getStacked());
  }
  printer << " : ";
  llvm::interleaveComma(getOperandTypes(), printer);
  printer.printOptionalAttrDictWithKeyword(llvm::to_vector((*this)->getDiscardableAttrs()));
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/true);
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

LogicalResult LayersOp::verifyRegions() {
  if (getBody().getNumArguments() != 1 + getNumOperands())
    return emitOpError("body takes the layer index and one argument per operand");
  TypeRange yielded = getYield()->getOperandTypes();
  if (yielded.size() != getNumResults())
    return emitOpError("yields ") << yielded.size() << " values for " << getNumResults() << " results";
  for (auto [number, type] : llvm::enumerate(yielded.take_front(getInits().size())))
    if (type != getInits()[number].getType() || type != getResult(number).getType())
      return emitOpError("carried value ") << number << " changes its type from " << getInits()[number].getType()
                                           << " to " << type;
  for (auto [type, result] : llvm::zip_equal(yielded.drop_front(getInits().size()), getStackedResults()))
    if (stackType(type, extentOf(getCount())) != result.getType())
      return emitOpError("stacks ") << type << " to " << stackType(type, extentOf(getCount())) << ", not to "
                                    << result.getType();
  return success();
}

} // namespace tern
