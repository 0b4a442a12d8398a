// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Assembly of linear: the module form names its parameters, the operand form takes them.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

namespace {
/// What the parser has seen of a linear op.
struct LinearSyntax {
  OpAsmParser::UnresolvedOperand input;
  SmallVector<OpAsmParser::UnresolvedOperand, 2> parameters; // weight, bias
  SmallVector<Type, 3> types;
};
} // namespace

/// `"name" out SIZE`, or `tied %w`, or `weight %w`.
static ParseResult parseWeight(OpAsmParser &parser, LinearSyntax &syntax, LinearOp::Properties &properties) {
  StringAttr name;
  OptionalParseResult moduleForm = parser.parseOptionalAttribute(name);
  if (moduleForm.has_value()) {
    properties.name = name;
    return failure(failed(*moduleForm) || parser.parseKeyword("out") || parseSize(parser, properties.out));
  }
  if (succeeded(parser.parseOptionalKeyword("tied")))
    properties.layout = WeightLayoutAttr::get(parser.getContext(), WeightLayout::out_in);
  else if (parser.parseKeyword("weight"))
    return failure();
  return parser.parseOperand(syntax.parameters.emplace_back());
}

/// `bias` or `bias @with` in module form, `bias %b` in operand form.
static ParseResult parseBias(OpAsmParser &parser, LinearSyntax &syntax, LinearOp::Properties &properties) {
  if (failed(parser.parseOptionalKeyword("bias")))
    return success();
  if (!properties.name)
    return parser.parseOperand(syntax.parameters.emplace_back());
  StringAttr symbol;
  Builder &b = parser.getBuilder();
  if (succeeded(parser.parseOptionalSymbolName(symbol)))
    properties.with_bias = SizeExpressionAttr::get(b.getContext(), 1, symbol, 1, StringAttr());
  else
    properties.with_bias = b.getI64IntegerAttr(1);
  return success();
}

static ParseResult parseLayoutAndInit(OpAsmParser &parser, LinearOp::Properties &properties) {
  StringRef layout, layouts[] = {"in_out", "out_in"};
  if (succeeded(parser.parseOptionalKeyword(&layout, layouts)))
    properties.layout = WeightLayoutAttr::get(parser.getContext(), *symbolizeWeightLayout(layout));
  InitAttr init;
  OptionalParseResult parsed = properties.name ? parseOptionalInit(parser, init) : std::nullopt;
  if (parsed.has_value() && failed(*parsed))
    return failure();
  properties.init = init;
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringRef unknown;
  if (succeeded(parser.parseOptionalKeyword(&unknown)))
    return parser.emitError(loc) << "unknown word '" << unknown
                                 << "'; expected bias, then in_out or out_in, then an initializer, one of " << initializerNames();
  return success();
}

ParseResult LinearOp::parse(OpAsmParser &parser, OperationState &result) {
  Properties &properties = result.getOrAddProperties<Properties>();
  LinearSyntax syntax;
  if (parser.parseOperand(syntax.input) || parseWeight(parser, syntax, properties) ||
      parseBias(parser, syntax, properties) || parseLayoutAndInit(parser, properties) ||
      parser.parseOptionalAttrDict(result.attributes))
    return failure();
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseColonTypeList(syntax.types))
    return failure();
  SmallVector<OpAsmParser::UnresolvedOperand> operands{syntax.input};
  llvm::append_range(operands, syntax.parameters);
  if (parser.resolveOperands(operands, syntax.types, loc, result.operands))
    return failure();
  size_t count = syntax.parameters.size();
  properties.operandSegmentSizes = {1, count > 0, count > 1};
  if (!properties.layout)
    properties.layout = WeightLayoutAttr::get(parser.getContext(), WeightLayout::in_out);
  SmallVector<Type> inferred;
  if (failed(inferReturnTypes(parser.getContext(), parser.getEncodedSourceLoc(parser.getNameLoc()), result.operands,
                              result.attributes.getDictionary(parser.getContext()), &properties, {}, inferred)))
    return failure();
  result.addTypes(inferred);
  return success();
}

void LinearOp::print(OpAsmPrinter &printer) {
  bool outIn = getLayout() == WeightLayout::out_in;
  bool tied = !isModuleForm() && outIn && !getBias();
  printer << " " << getInput() << " ";
  if (isModuleForm()) {
    printer << getNameAttr() << " out ";
    printSize(printer, *this, *getOut());
    bool isOpen = getWithBias() && !literalSize(*getWithBias());
    printer << (isOpen ? " bias " : declaresBias() ? " bias" : "");
    if (isOpen)
      printSize(printer, *this, *getWithBias());
  } else {
    printer << (tied ? "tied " : "weight ") << getWeight();
    if (getBias())
      printer << " bias " << getBias();
  }
  if (outIn && !tied)
    printer << " out_in";
  if (getInitAttr()) {
    printer << " ";
    printInit(printer, *this, getInitAttr());
  }
  printer.printOptionalAttrDict(llvm::to_vector((*this)->getDiscardableAttrs()));
  printer << " : ";
  llvm::interleaveComma(getOperandTypes(), printer);
}

} // namespace tern
