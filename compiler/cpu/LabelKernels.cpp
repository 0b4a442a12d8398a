// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names under which a profile shows what a kernel becomes.

#include "compiler/cpu/Passes.h"
#include "compiler/cpu/Regions.h"

namespace tern {
#define GEN_PASS_DEF_LABELKERNELS
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;

namespace {
struct LabelKernels : tern::impl::LabelKernelsBase<LabelKernels> {
  void runOnOperation() override {
    int64_t index = 0;
    getOperation().walk([&](Operation *op) {
      if (isKernel(op))
        addLabel(op, index++);
    });
  }
};
} // namespace
