// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass that kills the process.

#include "test/plugins/PlantedPasses.h"

#include <cstdlib>

namespace tern::test {
#define GEN_PASS_DEF_PLANTCRASH
#include "test/plugins/PlantedPasses.h.inc"
} // namespace tern::test

namespace {
struct PlantCrash : tern::test::impl::PlantCrashBase<PlantCrash> {
  using Base::Base;

  void runOnOperation() override {
    getOperation()->walk([&](mlir::Operation *op) {
      if (op->getName().getStringRef() == on)
        std::abort();
    });
  }
};
} // namespace
