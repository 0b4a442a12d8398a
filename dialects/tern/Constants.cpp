// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants that have one value everywhere.

#include "dialects/tern/Constants.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tern {

std::optional<double> splatValue(Attribute attribute) {
  auto splat = dyn_cast_if_present<SplatElementsAttr>(attribute);
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  APFloat value = splat.getSplatValue<APFloat>();
  bool losesInfo = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

Attribute splatOf(Type type, double value) {
  auto tensor = cast<RankedTensorType>(type);
  if (!tensor.hasStaticShape())
    return {};
  return DenseElementsAttr::get(tensor, FloatAttr::get(tensor.getElementType(), value).getValue());
}

} // namespace tern
