// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass that fails at an op.

#include "test/plugins/PlantedPasses.h"

namespace tern::test {
#define GEN_PASS_DEF_PLANTFAILURE
#include "test/plugins/PlantedPasses.h.inc"
} // namespace tern::test

using namespace mlir;

namespace {
struct PlantFailure : tern::test::impl::PlantFailureBase<PlantFailure> {
  using Base::Base;

  void runOnOperation() override {
    WalkResult result = getOperation()->walk([&](Operation *op) {
      if (op->getName().getStringRef() != on)
        return WalkResult::advance();
      op->emitOpError("is where this pass was told to fail");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
