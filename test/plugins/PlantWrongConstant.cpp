// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A miscompile on any floor: a number that is a little off.

#include "test/plugins/PlantedPasses.h"

#include <cmath>

namespace tern::test {
#define GEN_PASS_DEF_PLANTWRONGCONSTANT
#include "test/plugins/PlantedPasses.h.inc"
} // namespace tern::test

using namespace mlir;

namespace {
struct PlantWrongConstant : tern::test::impl::PlantWrongConstantBase<PlantWrongConstant> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      Attribute value = op->getAttr("value");
      auto splat = dyn_cast_or_null<SplatElementsAttr>(value);
      if (isMeant(value))
        op->setAttr("value", FloatAttr::get(cast<FloatAttr>(value).getType(), to));
      else if (splat && isMeant(splat.getSplatValue<Attribute>()))
        op->setAttr("value", SplatElementsAttr::get(splat.getType(), FloatAttr::get(splat.getElementType(), to)));
    });
  }

private:
  bool isMeant(Attribute value) const {
    auto number = dyn_cast_or_null<FloatAttr>(value);
    return number && std::abs(number.getValueAsDouble() - from) < 1e-6;
  }
};
} // namespace
