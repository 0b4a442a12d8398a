// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the assembly of layers and of scan has in common, and what both check of their bodies.

#include "dialects/tern/StructureAssembly.h"

using namespace mlir;

namespace tern {

Type iterationNumberType(Builder &b) { return RankedTensorType::get({}, b.getI64Type()); }

//===-- parsing ------------------------------------------------------------------------------------------------------===//

/// `(%a = %x, ...)`
static ParseResult parsePairs(OpAsmParser &parser, SmallVectorImpl<OpAsmParser::Argument> &arguments,
                              SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] {
    return failure(parser.parseArgument(arguments.emplace_back()) || parser.parseEqual() ||
                   parser.parseOperand(operands.emplace_back()));
  });
}

ParseResult LoopSyntax::parseBindings(OpAsmParser &parser, StringRef keyword) {
  if (succeeded(parser.parseOptionalKeyword("index"))) {
    index.emplace_back().type = iterationNumberType(parser.getBuilder());
    if (failed(parser.parseArgument(index.back())))
      return failure();
  }
  if (parsePairs(parser, carried, inits))
    return failure();
  return succeeded(parser.parseOptionalKeyword(keyword)) ? parsePairs(parser, slices, stacked) : success();
}

using TypeRule = llvm::function_ref<FailureOr<Type>(SMLoc, Type)>;

ParseResult LoopSyntax::giveTypes(OpAsmParser &parser, OperationState &result, TypeRule sliceType) {
  SmallVector<Type> types;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseColonTypeList(types))
    return failure();
  if (types.size() != inits.size() + stacked.size())
    return parser.emitError(loc, "expected ") << inits.size() + stacked.size() << " types, found " << types.size();
  auto initTypes = ArrayRef(types).take_front(inits.size()), stackedTypes = ArrayRef(types).drop_front(inits.size());
  for (auto [argument, type] : llvm::zip_equal(carried, initTypes))
    argument.type = type;
  for (auto [argument, type] : llvm::zip_equal(slices, stackedTypes)) {
    FailureOr<Type> slice = sliceType(loc, type);
    if (failed(slice))
      return failure();
    argument.type = *slice;
  }
  return failure(parser.resolveOperands(inits, initTypes, loc, result.operands) ||
                 parser.resolveOperands(stacked, stackedTypes, loc, result.operands));
}

/// Result types: the carried ones, then one stacked type per further yielded value.
static ParseResult inferResults(OpAsmParser &parser, OperationState &result, size_t carried, TypeRule stackType) {
  Block &block = result.regions.front()->front();
  SMLoc loc = parser.getNameLoc();
  if (block.empty() || !isa<YieldOp>(block.back()))
    return parser.emitError(loc, "'") << result.name << "' body must end with 'tern.yield'";
  TypeRange yielded = block.back().getOperandTypes();
  if (yielded.size() < carried)
    return parser.emitError(loc, "'tern.yield' returns ") << yielded.size() << " values, but " << carried << " are carried";
  result.addTypes(yielded.take_front(carried));
  for (Type type : yielded.drop_front(carried)) {
    FailureOr<Type> stack = stackType(loc, type);
    if (failed(stack))
      return failure();
    result.addTypes(*stack);
  }
  return success();
}

ParseResult LoopSyntax::parseBody(OpAsmParser &parser, OperationState &result, TypeRule sliceType, TypeRule stackType) {
  if (giveTypes(parser, result, sliceType) || parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  SmallVector<OpAsmParser::Argument> arguments(index);
  llvm::append_range(arguments, carried);
  llvm::append_range(arguments, slices);
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  if (index.empty())
    body->insertArgument(0u, iterationNumberType(parser.getBuilder()), result.location);
  return inferResults(parser, result, inits.size(), stackType);
}

//===-- printing -----------------------------------------------------------------------------------------------------===//

static void printPairs(OpAsmPrinter &printer, ArrayRef<BlockArgument> arguments, ValueRange operands) {
  printer << "(";
  llvm::interleaveComma(llvm::zip_equal(arguments, operands), printer, [&](auto pair) {
    printer.printRegionArgument(std::get<0>(pair), {}, /*omitType=*/true);
    printer << " = " << std::get<1>(pair);
  });
  printer << ")";
}

void printLoopBindings(OpAsmPrinter &printer, Iterative loop, StringRef keyword) {
  if (!loop.getIndex().use_empty()) {
    printer << " index ";
    printer.printRegionArgument(loop.getIndex(), {}, /*omitType=*/true);
  }
  printer << " ";
  printPairs(printer, loop.getCarriedArguments(), loop.getInits());
  if (loop.getStacked().empty())
    return;
  printer << " " << keyword << " ";
  printPairs(printer, loop.getSliceArguments(), loop.getStacked());
}

void printLoopBody(OpAsmPrinter &printer, Iterative loop) {
  printer << " : ";
  SmallVector<Type> types(loop.getInits().getTypes());
  llvm::append_range(types, loop.getStacked().getTypes());
  llvm::interleaveComma(types, printer);
  printer.printOptionalAttrDictWithKeyword(llvm::to_vector(loop->getDiscardableAttrs()));
  printer << " ";
  printer.printRegion(loop->getRegion(0), /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/true);
}

//===-- verification -------------------------------------------------------------------------------------------------===//

LogicalResult verifyLoopBody(Iterative loop) {
  size_t carried = loop.getInits().size();
  if (loop->getRegion(0).getNumArguments() != 1 + carried + loop.getStacked().size())
    return loop->emitOpError("body takes the number of the ") << loop.getIterationName() << " and one argument per operand";
  TypeRange yielded = loop.getYield()->getOperandTypes();
  if (yielded.size() != loop->getNumResults())
    return loop->emitOpError("yields ") << yielded.size() << " values for " << loop->getNumResults() << " results";
  for (auto [number, type] : llvm::enumerate(yielded.take_front(carried)))
    if (type != loop.getInits()[number].getType() || type != loop->getResult(number).getType())
      return loop->emitOpError("carried value ") << number << " changes its type from " << loop.getInits()[number].getType()
                                                 << " to " << type;
  for (auto [type, result] : llvm::zip_equal(yielded.drop_front(carried), loop.getStackedResults()))
    if (loop.getStackType(type) != result.getType())
      return loop->emitOpError("stacks ") << type << " to " << loop.getStackType(type) << ", not to " << result.getType();
  return success();
}

} // namespace tern
