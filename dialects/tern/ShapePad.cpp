// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape family: pad. The other ops of the family are in Shape.cpp.

#include "dialects/tern/GradBuilder.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

#include <cmath>

using namespace mlir;

namespace tern {

/// Whether the element type has the number.
static bool holdsValue(Type element, double value) {
  return isa<FloatType>(element) || (!element.isInteger(1) && std::floor(value) == value && std::fabs(value) < 2147483648.0);
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  Type input = adaptor.getInput().getType();
  SmallVector<int64_t> shape(shapeOf(input));
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh();
  if (low.size() != shape.size() || high.size() != shape.size())
    return emitOptionalError(loc, "pad: ", low.size(), " lows and ", high.size(), " highs for a tensor of rank ", shape.size());
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    if (low[dim] < 0 || high[dim] < 0)
      return emitOptionalError(loc, "pad, dimension ", dim, ": low ", low[dim], ", high ", high[dim]);
    if (!ShapedType::isDynamic(shape[dim]))
      shape[dim] += low[dim] + high[dim];
  }
  FloatAttr value = adaptor.getValueAttr(); // absent while the op is parsed without it
  if (!holdsValue(elementOf(input), value ? value.getValueAsDouble() : 0.0))
    return emitOptionalError(loc, "pad: ", elementOf(input), " has no ", value ? value.getValueAsDouble() : 0.0);
  types.push_back(withShape(input, shape));
  return success();
}

/// Positions stay what they are.
LogicalResult PadOp::followSequence(SequenceDims &dims) {
  int64_t dim = dims.of(getInput()).value();
  if (getLow()[dim] || getHigh()[dim])
    return failure();
  dims.set(getResult(), dim);
  return success();
}

void PadOp::resizeSequence(const SequenceDims &, int64_t) {}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto isZero = [](int64_t count) { return count == 0; };
  bool hasNoMargin = llvm::all_of(getLow(), isZero) && llvm::all_of(getHigh(), isZero);
  return hasNoMargin ? OpFoldResult(getInput()) : OpFoldResult();
}

// y = x with a margin      dx = the box of dy that is not margin
void PadOp::buildGradient(GradBuilder &g) {
  g.accumulate(0u, SliceOp::create(g.getBuilder(), g.getLoc(), g.cotangent(), getLow(), shapeOf(getInput().getType()),
                                   /*strides=*/nullptr));
}

} // namespace tern
