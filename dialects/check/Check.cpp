// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registration, assembly and verification of the check dialect.

#include "dialects/check/Check.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace tern::check;

/// custom<OneOrTwoTypes>: `tensor<4xf32>`, or `TYPE, TYPE` where they differ.
static ParseResult parseOneOrTwoTypes(OpAsmParser &parser, Type &first, Type &second) {
  if (parser.parseType(first))
    return failure();
  second = first;
  return succeeded(parser.parseOptionalComma()) ? parser.parseType(second) : success();
}

static void printOneOrTwoTypes(OpAsmPrinter &printer, Operation *, Type first, Type second) {
  printer << first;
  if (first != second)
    printer << ", " << second;
}

#include "dialects/check/Dialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/check/Check.cpp.inc"

void CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/check/Check.cpp.inc"
      >();
}

//===-- equal, almost_equal --------------------------------------------------------------------------------------===//

static LogicalResult verifyComparable(Operation *op) {
  auto actual = cast<ShapedType>(op->getOperand(0).getType()), expected = cast<ShapedType>(op->getOperand(1).getType());
  if (actual.getElementType() != expected.getElementType())
    return op->emitOpError("compares elements of ") << actual.getElementType() << " and " << expected.getElementType();
  if (actual.getRank() != expected.getRank())
    return op->emitOpError("compares rank ") << actual.getRank() << " with rank " << expected.getRank();
  for (auto [dim, sizes] : llvm::enumerate(llvm::zip(actual.getShape(), expected.getShape())))
    if (std::get<0>(sizes) != std::get<1>(sizes))
      return op->emitOpError("dimension ") << dim << ": " << std::get<0>(sizes) << " and " << std::get<1>(sizes)
                                           << " differ";
  return success();
}

LogicalResult EqualOp::verify() { return verifyComparable(*this); }

LogicalResult AlmostEqualOp::verify() {
  if (failed(verifyComparable(*this)))
    return failure();
  if (getRtol().isNegative() || getAtol().isNegative())
    return emitOpError("has a negative tolerance");
  return success();
}

//===-- gradient -------------------------------------------------------------------------------------------------===//

// What is drawn for the arguments of a function: [low, high) and [0, classes).
static LogicalResult verifyRange(Operation *op, double low, double high, int64_t classes) {
  if (!(low < high))
    return op->emitOpError("draws arguments from ") << low << " to " << high;
  if (classes < 1)
    return op->emitOpError("takes at least one class");
  return success();
}

LogicalResult GradientOp::verify() {
  if (static_cast<int64_t>(getDirections()) < 1)
    return emitOpError("takes at least one direction");
  if (!(getStep().convertToDouble() > 0.0) || !(getTolerance().convertToDouble() > 0.0))
    return emitOpError("takes a step and a tolerance above zero");
  return verifyRange(*this, getLow().convertToDouble(), getHigh().convertToDouble(), getClasses());
}

// The function that a check names, or null with a diagnostic.
static FunctionOpInterface findFunction(Operation *op, FlatSymbolRefAttr name, SymbolTableCollection &symbols) {
  auto function = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(op, name);
  if (!function)
    op->emitOpError("names ") << name << ", which is no function";
  return function;
}

// After bufferization there is nothing left to verify.
static bool isOnTensors(FunctionOpInterface function) {
  auto isTensor = [](Type type) { return isa<RankedTensorType>(type); };
  return llvm::all_of(function.getArgumentTypes(), isTensor) && llvm::all_of(function.getResultTypes(), isTensor);
}

static LogicalResult verifyStaticArguments(Operation *op, FunctionOpInterface function) {
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
    if (!cast<RankedTensorType>(type).hasStaticShape())
      return op->emitOpError("needs static shapes, but argument ") << index << " is " << type;
  return success();
}

LogicalResult GradientOp::verifySymbolUses(SymbolTableCollection &symbols) {
  FunctionOpInterface function = findFunction(*this, getFunctionAttr(), symbols);
  if (!function)
    return failure();
  if (!isOnTensors(function))
    return success();
  auto isNumber = [](Type type) {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.getRank() == 0 && isa<FloatType>(tensor.getElementType());
  };
  if (function.getNumResults() != 1 || !isNumber(function.getResultTypes()[0]))
    return emitOpError("needs ") << getFunctionAttr() << " to return one floating-point tensor of rank 0";
  return verifyStaticArguments(*this, function);
}

//===-- deterministic --------------------------------------------------------------------------------------------===//

LogicalResult DeterministicOp::verify() {
  constexpr int64_t most = 256; // as many threads start at once
  for (int64_t threads : getThreads())
    if (threads < 1 || threads > most)
      return emitOpError("runs with ") << threads << " threads; expected 1 to " << most;
  int64_t runs = getRuns(), all = runs * static_cast<int64_t>(getThreads().size());
  if (runs < 1 || all < 2)
    return emitOpError("compares nothing: expected at least two runs in all");
  return verifyRange(*this, getLow().convertToDouble(), getHigh().convertToDouble(), getClasses());
}

LogicalResult DeterministicOp::verifySymbolUses(SymbolTableCollection &symbols) {
  FunctionOpInterface function = findFunction(*this, getFunctionAttr(), symbols);
  if (!function)
    return failure();
  if (function.getNumResults() == 0)
    return emitOpError("needs ") << getFunctionAttr() << " to return something";
  return isOnTensors(function) ? verifyStaticArguments(*this, function) : success();
}
