// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Masked moves of bf16 as moves of 16-bit integers.

#include "compiler/cpu/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/PatternMatch.h"

namespace tern {
#define GEN_PASS_DEF_LEGALIZEBF16
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;

// vector<Nxbf16> as vector<Nxi16>, null for other types.
static VectorType integersFor(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector || !vector.getElementType().isBF16())
    return nullptr;
  return VectorType::get(vector.getShape(), IntegerType::get(type.getContext(), 16));
}

static Value bitcast(RewriterBase &rewriter, Location loc, Type type, Value value) {
  return LLVM::BitcastOp::create(rewriter, loc, type, value);
}

static void legalize(RewriterBase &rewriter, LLVM::MaskedLoadOp op) {
  VectorType integers = integersFor(op.getType());
  if (!integers)
    return;
  rewriter.setInsertionPoint(op);
  Value otherwise = bitcast(rewriter, op.getLoc(), integers, op.getPassThru());
  Value loaded = LLVM::MaskedLoadOp::create(rewriter, op.getLoc(), integers, op.getData(), op.getMask(), otherwise,
                                            op.getAlignmentAttr(), op.getNontemporalAttr());
  rewriter.replaceOp(op, bitcast(rewriter, op.getLoc(), op.getType(), loaded));
}

static void legalize(RewriterBase &rewriter, LLVM::MaskedStoreOp op) {
  VectorType integers = integersFor(op.getValue().getType());
  if (!integers)
    return;
  rewriter.setInsertionPoint(op);
  op.getValueMutable().assign(bitcast(rewriter, op.getLoc(), integers, op.getValue()));
}

namespace {
struct LegalizeBf16 : tern::impl::LegalizeBf16Base<LegalizeBf16> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](Operation *op) {
      if (auto load = dyn_cast<LLVM::MaskedLoadOp>(op))
        legalize(rewriter, load);
      else if (auto store = dyn_cast<LLVM::MaskedStoreOp>(op))
        legalize(rewriter, store);
    });
  }
};
} // namespace
