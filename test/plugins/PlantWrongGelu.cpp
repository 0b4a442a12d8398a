// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A miscompile on the model floor: an op with a wrong attribute.

#include "test/plugins/PlantedPasses.h"

namespace tern::test {
#define GEN_PASS_DEF_PLANTWRONGGELU
#include "test/plugins/PlantedPasses.h.inc"
} // namespace tern::test

namespace {
struct PlantWrongGelu : tern::test::impl::PlantWrongGeluBase<PlantWrongGelu> {
  void runOnOperation() override {
    using tern::GeluApproximation;
    getOperation()->walk([](tern::GeluOp op) {
      bool isExact = op.getApproximate() == GeluApproximation::none;
      op.setApproximate(isExact ? GeluApproximation::tanh : GeluApproximation::none);
    });
  }
};
} // namespace
