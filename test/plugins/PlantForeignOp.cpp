// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass that breaks the exit contract of every floor but the last.

#include "test/plugins/PlantedPasses.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern::test {
#define GEN_PASS_DEF_PLANTFOREIGNOP
#include "test/plugins/PlantedPasses.h.inc"
} // namespace tern::test

using namespace mlir;

namespace {
struct PlantForeignOp : tern::test::impl::PlantForeignOpBase<PlantForeignOp> {
  void runOnOperation() override {
    getOperation()->walk([&](func::FuncOp function) {
      if (function.isDeclaration())
        return;
      OpBuilder b = OpBuilder::atBlockBegin(&function.front());
      LLVM::DebugTrap::create(b, function.front().front().getLoc());
    });
  }
};
} // namespace
