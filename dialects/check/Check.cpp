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

//===-- almost_equal
//-----------------------------------------------------------------------------------------------===//

LogicalResult AlmostEqualOp::verify() {
  auto actual = cast<ShapedType>(getActual().getType()), expected = cast<ShapedType>(getExpected().getType());
  if (actual.getElementType() != expected.getElementType())
    return emitOpError("compares elements of ") << actual.getElementType() << " and " << expected.getElementType();
  if (actual.getRank() != expected.getRank())
    return emitOpError("compares rank ") << actual.getRank() << " with rank " << expected.getRank();
  for (auto [dim, sizes] : llvm::enumerate(llvm::zip(actual.getShape(), expected.getShape())))
    if (std::get<0>(sizes) != std::get<1>(sizes))
      return emitOpError("dimension ") << dim << ": " << std::get<0>(sizes) << " and " << std::get<1>(sizes)
                                       << " differ";
  if (getRtol().isNegative() || getAtol().isNegative())
    return emitOpError("has a negative tolerance");
  return success();
}

//===-- gradient
//---------------------------------------------------------------------------------------------------===//

LogicalResult GradientOp::verify() {
  if (static_cast<int64_t>(getDirections()) < 1 || static_cast<int64_t>(getClasses()) < 1)
    return emitOpError("takes at least one direction and one class");
  if (!(getStep().convertToDouble() > 0.0) || !(getTolerance().convertToDouble() > 0.0))
    return emitOpError("takes a step and a tolerance above zero");
  double low = getLow().convertToDouble(), high = getHigh().convertToDouble();
  if (!(low < high))
    return emitOpError("draws arguments from ") << low << " to " << high;
  return success();
}

LogicalResult GradientOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto function = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getFunctionAttr());
  if (!function)
    return emitOpError("names ") << getFunctionAttr() << ", which is no function";
  auto isTensor = [](Type type) { return isa<RankedTensorType>(type); };
  if (!llvm::all_of(function.getArgumentTypes(), isTensor) || !llvm::all_of(function.getResultTypes(), isTensor))
    return success(); // already lowered to buffers
  auto isNumber = [](Type type) {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.getRank() == 0 && isa<FloatType>(tensor.getElementType());
  };
  if (function.getNumResults() != 1 || !isNumber(function.getResultTypes()[0]))
    return emitOpError("needs ") << getFunctionAttr() << " to return one floating-point tensor of rank 0";
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
    if (!cast<RankedTensorType>(type).hasStaticShape())
      return emitOpError("needs static shapes, but argument ") << index << " is " << type;
  return success();
}
