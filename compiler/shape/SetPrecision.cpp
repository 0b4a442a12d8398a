// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The floating-point type of the whole program.

#include "compiler/shape/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_SETPRECISION
#include "compiler/shape/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct SetPrecision : tern::impl::SetPrecisionBase<SetPrecision> {
  using SetPrecisionBase::SetPrecisionBase;
  void runOnOperation() override;
};
} // namespace

/// The same numbers with another element type.
static Attribute convertConstant(DenseFPElementsAttr values, FloatType to) {
  return values.mapValues(to, [&](APFloat value) {
    bool losesInfo;
    value.convert(to.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    return value.bitcastToAPInt();
  });
}

void SetPrecision::runOnOperation() {
  if (precision != "f32" && precision != "f64") {
    getOperation().emitError("precision '") << precision << "' is not supported; choose f32 or f64";
    return signalPassFailure();
  }
  if (precision == "f32")
    return;
  FloatType from = Float32Type::get(&getContext()), to = Float64Type::get(&getContext());
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](FloatType type) -> std::optional<Type> {
    return type == from ? std::optional<Type>(to) : std::nullopt;
  });
  replacer.addReplacement([&](DenseFPElementsAttr values) -> std::optional<std::pair<Attribute, WalkResult>> {
    if (values.getElementType() != from)
      return std::nullopt;
    return std::make_pair(convertConstant(values, to), WalkResult::skip());
  });
  replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
}
