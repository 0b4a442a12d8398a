// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No copy is unexplained: each one that bufferization had to make is named.

#include "compiler/memory/Passes.h"

#include "compiler/memory/MemoryUtils.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace tern {
#define GEN_PASS_DEF_EXPLAINCOPIES
#include "compiler/memory/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

static bool isSelfCopy(Value source, Value target) {
  if (source == target)
    return true;
  auto from = source.getDefiningOp<memref::SubViewOp>();
  auto to = target.getDefiningOp<memref::SubViewOp>();
  return from && to && from.getSource() == to.getSource() && from.getType() == to.getType() &&
         from.getMixedOffsets() == to.getMixedOffsets() && from.getMixedSizes() == to.getMixedSizes() &&
         from.getMixedStrides() == to.getMixedStrides();
}

// How often an op runs per call of its function: the product of the trip counts around it.
static uint64_t runsPerCall(Operation *op) {
  uint64_t runs = 1;
  for (auto loop = op->getParentOfType<scf::ForOp>(); loop; loop = loop->getParentOfType<scf::ForOp>())
    if (std::optional<APInt> count = loop.getStaticTripCount())
      runs *= count->getZExtValue();
  return runs;
}

static std::string describe(Value buffer) {
  Value base = baseOf(buffer);
  auto argument = dyn_cast<BlockArgument>(base);
  if (!argument)
    return base.getDefiningOp<memref::GetGlobalOp>() ? "a constant" : "a temporary";
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  if (!function)
    return "a value carried by a loop";
  if (auto variable = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), variableName))
    return "variable \"" + variable.str() + "\"";
  auto role = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), roleName);
  bool isOutput = function.getArgAttr(argument.getArgNumber(), outputName) != nullptr;
  return (isOutput ? "output \"" : "input \"") + (role ? role.str() : "") + "\"";
}

static void explain(Operation *copy, Value source, Value target, Remarks &remarks) {
  uint64_t bytes = bytesOf(cast<MemRefType>(source.getType())), runs = runsPerCall(copy);
  std::string often = runs == 1 ? "" : ", " + std::to_string(runs) + " times";
  remarks.analysis(copy->getLoc(), "copy",
                   Twine(bytes) + " bytes" + often + ", from " + describe(source) + " to " + describe(target),
                   {{"bytes", bytes * runs}});
}

namespace {
struct ExplainCopies : tern::impl::ExplainCopiesBase<ExplainCopies> {
  void runOnOperation() override {
    Remarks remarks(*this, "erased", "copied");
    getOperation().walk([&](Operation *op) {
      if (!isa<memref::CopyOp, linalg::CopyOp>(op))
        return;
      Value source = op->getOperand(0), target = op->getOperand(1);
      if (isSelfCopy(source, target))
        op->erase();
      else
        explain(op, source, target, remarks);
    });
  }
};
} // namespace
