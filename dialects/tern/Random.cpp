// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random family: random_key, dropout, uniform, normal.

#include "dialects/tern/Attrs.h"
#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {

//===-- random_key ------------------------------------------------------------------------------------------------===//

LogicalResult RandomKeyOp::inferReturnTypes(MLIRContext *context, std::optional<Location>, Adaptor,
                                            SmallVectorImpl<Type> &types) {
  types.push_back(RankedTensorType::get({}, IntegerType::get(context, 64)));
  return success();
}

//===-- dropout ---------------------------------------------------------------------------------------------------===//

LogicalResult DropoutOp::verify() {
  std::optional<double> rate = literalReal(getRate());
  if (rate && !(*rate >= 0.0 && *rate < 1.0))
    return emitOpError("rate ") << *rate << " is not in [0, 1)";
  return success();
}

LogicalResult DropoutOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

OpFoldResult DropoutOp::fold(FoldAdaptor) { return literalReal(getRate()) == 0.0 ? getInput() : OpFoldResult(); }

// y = mask x      dx = mask dy, the mask drawn again from the same key
void DropoutOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, DropoutOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getKey(), getRate(), getSiteAttr()));
}

bool DropoutOp::isRandom() { return literalReal(getRate()) != 0.0; }
Value DropoutOp::getRandomKey() { return getKey(); }
void DropoutOp::setRandomKey(Value key) { getKeyMutable().assign(key); }
Value DropoutOp::getNoiseFreeValue() { return getInput(); }

uint64_t DropoutOp::getFlops() { return elementCount(getType()); }

//===-- uniform, normal -------------------------------------------------------------------------------------------===//

static LogicalResult inferRandom(StringRef name, std::optional<Location> loc, ArrayRef<int64_t> shape, Type dtype,
                                 SmallVectorImpl<Type> &types) {
  if (!isa<FloatType>(dtype))
    return emitOptionalError(loc, name, ": element type ", dtype, " is not a floating-point type");
  for (auto [dim, extent] : llvm::enumerate(shape))
    if (extent < 1)
      return emitOptionalError(loc, name, ", dimension ", dim, ": extent ", extent);
  types.push_back(RankedTensorType::get(shape, dtype));
  return success();
}

LogicalResult UniformOp::verify() {
  double low = getLow().convertToDouble(), high = getHigh().convertToDouble();
  if (!(low <= high))
    return emitOpError("runs from ") << low << " to " << high;
  return success();
}

LogicalResult UniformOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferRandom("uniform", loc, adaptor.getShape(), adaptor.getDtype(), types);
}

bool UniformOp::isRandom() { return true; }
Value UniformOp::getRandomKey() { return getKey(); }
void UniformOp::setRandomKey(Value key) { getKeyMutable().assign(key); }
Value UniformOp::getNoiseFreeValue() { return {}; }

uint64_t UniformOp::getFlops() { return 2 * elementCount(getType()); }

LogicalResult NormalOp::verify() {
  if (!(getStd().convertToDouble() >= 0.0))
    return emitOpError("standard deviation ") << getStd().convertToDouble() << " is negative";
  return success();
}

LogicalResult NormalOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  return inferRandom("normal", loc, adaptor.getShape(), adaptor.getDtype(), types);
}

bool NormalOp::isRandom() { return true; }
Value NormalOp::getRandomKey() { return getKey(); }
void NormalOp::setRandomKey(Value key) { getKeyMutable().assign(key); }
Value NormalOp::getNoiseFreeValue() { return {}; }

uint64_t NormalOp::getFlops() { return 8 * elementCount(getType()); }

} // namespace tern
