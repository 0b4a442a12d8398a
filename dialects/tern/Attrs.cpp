// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Assembly of sizes, reals and initializers; what the parameter table demands.

#include "dialects/tern/Attrs.h"

using namespace mlir;

namespace tern {

//===-- sizes --------------------------------------------------------------------------------------------------------===//

static ParseResult parseSymbolSize(OpAsmParser &parser, int64_t factor, Attribute &size) {
  StringAttr symbol, times;
  int64_t divisor = 1;
  if (parser.parseSymbolName(symbol))
    return failure();
  if (succeeded(parser.parseOptionalStar()) && parser.parseSymbolName(times))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("div")) && parser.parseInteger(divisor))
    return failure();
  if (divisor <= 0)
    return parser.emitError(parser.getCurrentLocation(), "a size is divided by a positive integer, found ") << divisor;
  size = SizeExpressionAttr::get(parser.getContext(), factor, symbol, divisor, times);
  return success();
}

ParseResult parseSize(OpAsmParser &parser, Attribute &size) {
  int64_t value = 1;
  OptionalParseResult integer = parser.parseOptionalInteger(value);
  if (!integer.has_value())
    return parseSymbolSize(parser, 1, size);
  if (failed(*integer))
    return failure();
  if (succeeded(parser.parseOptionalStar()))
    return parseSymbolSize(parser, value, size);
  size = parser.getBuilder().getI64IntegerAttr(value);
  return success();
}

static void printSize(llvm::raw_ostream &os, AsmPrinter &printer, Attribute size) {
  if (auto literal = dyn_cast<IntegerAttr>(size)) {
    os << literal.getInt();
    return;
  }
  auto expression = cast<SizeExpressionAttr>(size);
  if (expression.getFactor() != 1)
    os << expression.getFactor() << " * ";
  printer.printSymbolName(expression.getSymbol().getValue());
  if (expression.getTimes()) {
    os << " * ";
    printer.printSymbolName(expression.getTimes().getValue());
  }
  if (expression.getDivisor() != 1)
    os << " div " << expression.getDivisor();
}

void printSize(OpAsmPrinter &printer, Operation *, Attribute size) { printSize(printer.getStream(), printer, size); }

ParseResult parseSizes(OpAsmParser &parser, ArrayAttr &sizes) {
  SmallVector<Attribute> list;
  auto element = [&] { return parseSize(parser, list.emplace_back()); };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, element))
    return failure();
  sizes = parser.getBuilder().getArrayAttr(list);
  return success();
}

void printSizes(OpAsmPrinter &printer, Operation *op, ArrayAttr sizes) {
  printer << "[";
  llvm::interleaveComma(sizes, printer, [&](Attribute size) { printSize(printer, op, size); });
  printer << "]";
}

//===-- reals --------------------------------------------------------------------------------------------------------===//

ParseResult parseReal(OpAsmParser &parser, Attribute &real) {
  StringAttr symbol;
  if (succeeded(parser.parseOptionalSymbolName(symbol))) {
    real = SizeExpressionAttr::get(parser.getContext(), 1, symbol, 1, StringAttr());
    return success();
  }
  double value;
  if (parser.parseFloat(value))
    return failure();
  real = parser.getBuilder().getF64FloatAttr(value);
  return success();
}

void printReal(OpAsmPrinter &printer, Operation *op, Attribute real) {
  if (auto literal = dyn_cast<FloatAttr>(real))
    printer << literal.getValue();
  else
    printSize(printer, op, real); // an expression, or an integer default of a hyperparameter
}

//===-- initializers -------------------------------------------------------------------------------------------------===//

/// How many arguments an initializer takes, or -1 when there is no such initializer.
static int initArity(StringRef kind) {
  return llvm::StringSwitch<int>(kind)
      .Cases({"zeros", "ones"}, 0)
      .Cases({"constant", "normal"}, 1)
      .Cases({"uniform", "residual_normal"}, 2)
      .Default(-1);
}

StringRef initializerNames() { return "zeros, ones, constant, normal, uniform and residual_normal"; }

static ParseResult parseInitArgument(OpAsmParser &parser, Attribute &argument) {
  double value;
  int64_t integer;
  double sign = succeeded(parser.parseOptionalMinus()) ? -1 : 1; // taken first: an integer would swallow it
  OptionalParseResult number = parser.parseOptionalInteger(integer);
  if (number.has_value() && succeeded(*number)) {
    if (sign > 0 && succeeded(parser.parseOptionalStar()))
      return parseSymbolSize(parser, integer, argument);
    argument = parser.getBuilder().getF64FloatAttr(sign * static_cast<double>(integer));
    return success();
  }
  StringAttr symbol;
  if (sign > 0 && succeeded(parser.parseOptionalSymbolName(symbol))) {
    argument = SizeExpressionAttr::get(parser.getContext(), 1, symbol, 1, StringAttr());
    return success();
  }
  if (parser.parseFloat(value))
    return failure();
  argument = parser.getBuilder().getF64FloatAttr(sign * value);
  return success();
}

static ParseResult parseInitAfterKeyword(OpAsmParser &parser, StringRef kind, InitAttr &init) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<Attribute> arguments;
  auto element = [&] { return parseInitArgument(parser, arguments.emplace_back()); };
  int arity = initArity(kind);
  if (arity < 0)
    return parser.emitError(loc, "unknown initializer '")
           << kind << "'; known are " << initializerNames();
  if (arity > 0 && parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, element))
    return failure();
  if (static_cast<int>(arguments.size()) != arity)
    return parser.emitError(loc, "initializer '")
           << kind << "' takes " << arity << " arguments, found " << arguments.size();
  Builder &b = parser.getBuilder();
  init = InitAttr::get(b.getContext(), b.getStringAttr(kind), b.getArrayAttr(arguments));
  return success();
}

ParseResult parseInit(OpAsmParser &parser, InitAttr &init) {
  StringRef kind;
  return failure(parser.parseKeyword(&kind) || parseInitAfterKeyword(parser, kind, init));
}

OptionalParseResult parseOptionalInit(OpAsmParser &parser, InitAttr &init) {
  StringRef kind;
  StringRef known[] = {"zeros", "ones", "constant", "normal", "uniform", "residual_normal"};
  if (failed(parser.parseOptionalKeyword(&kind, known)))
    return std::nullopt;
  return parseInitAfterKeyword(parser, kind, init);
}

void printInit(OpAsmPrinter &printer, Operation *op, InitAttr init) {
  printer << init.getKind().getValue();
  if (init.getArguments().empty())
    return;
  printer << "(";
  llvm::interleaveComma(init.getArguments(), printer, [&](Attribute argument) { printReal(printer, op, argument); });
  printer << ")";
}

//===-- parameter table ----------------------------------------------------------------------------------------------===//

LogicalResult ParameterAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError, StringAttr name, int64_t, int64_t,
                                    InitAttr init, bool, ArrayRef<PartAttr> parts) {
  if (static_cast<bool>(init) == parts.empty())
    return success();
  return emitError() << "parameter " << name << " takes either an initializer or parts";
}

//===-- hyperparameters ----------------------------------------------------------------------------------------------===//

ParseResult parseHyperValue(OpAsmParser &parser, Attribute &value) {
  int64_t integer;
  OptionalParseResult number = parser.parseOptionalInteger(integer);
  if (number.has_value() && succeeded(*number)) {
    value = parser.getBuilder().getI64IntegerAttr(integer);
    return success();
  }
  double real;
  if (parser.parseFloat(real))
    return failure();
  value = parser.getBuilder().getF64FloatAttr(real);
  return success();
}

void printHyperValue(OpAsmPrinter &printer, Operation *, Attribute value) {
  if (auto integer = dyn_cast<IntegerAttr>(value))
    printer << integer.getInt();
  else
    printer << cast<FloatAttr>(value).getValue();
}

//===-- literals -----------------------------------------------------------------------------------------------------===//

std::optional<int64_t> literalSize(Attribute size) {
  if (auto literal = dyn_cast_or_null<IntegerAttr>(size))
    return literal.getInt();
  return std::nullopt;
}

std::optional<double> literalReal(Attribute real) {
  if (auto literal = dyn_cast_or_null<FloatAttr>(real))
    return literal.getValueAsDouble();
  if (auto integer = dyn_cast_or_null<IntegerAttr>(real))
    return static_cast<double>(integer.getInt());
  return std::nullopt;
}

int64_t extentOf(Attribute size) { return literalSize(size).value_or(ShapedType::kDynamic); }

} // namespace tern
