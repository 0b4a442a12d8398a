// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The arithmetic and the least traffic of one call of an entry, for the benchmark and for people.

#include "compiler/derive/Passes.h"
#include "compiler/support/Cost.h"
#include "dialects/tern/Tern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_COUNTCOST
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct CountCost : tern::impl::CountCostBase<CountCost> {
  void runOnOperation() override;
};
} // namespace

void CountCost::runOnOperation() {
  func::FuncOp function = getOperation();
  uint64_t flops = 0;
  function.walk([&](Operation *op) { flops += flopsOf(op) * repeatsOf(op); });
  SmallVector<Type> touched; // an argument that nothing reads is no traffic
  for (BlockArgument argument : function.getArguments())
    if (!argument.use_empty())
      touched.push_back(argument.getType());
  SmallVector<Type> written; // of a cache, a few rows
  for (unsigned index = 0; index < function.getNumResults(); ++index) {
    auto variable = function.getResultAttrOfType<StringAttr>(index, "tern.updates");
    if (!variable || !variable.getValue().starts_with("cache:"))
      written.push_back(function.getResultTypes()[index]);
  }
  Builder b(&getContext());
  function->setAttr("tern.flops", b.getI64IntegerAttr(flops));
  function->setAttr("tern.bytes", b.getI64IntegerAttr(bytesOf(touched) + bytesOf(written)));
}
