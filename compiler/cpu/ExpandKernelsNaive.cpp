// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The -O0 door of the wing: every kernel, linalg op and copy becomes scalar loops inside one scf.forall.

#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/Regions.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tern {
#define GEN_PASS_DEF_EXPANDKERNELSNAIVE
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

static void expandCopy(Emitter &emit, memref::CopyOp op) {
  emit.forall({1}, [&](ValueRange) {
    emit.nest(memrefType(op.getTarget()).getShape(),
              [&](ValueRange at) { emit.store(emit.load(op.getSource(), at), op.getTarget(), at); });
  });
}

// Indices that run backwards are arithmetic: this floor has no affine ops.
static void expandIndices(IRRewriter &rewriter, Operation *loops) {
  loops->walk([&](affine::AffineApplyOp apply) {
    rewriter.setInsertionPoint(apply);
    rewriter.replaceOp(apply, *affine::expandAffineMap(rewriter, apply.getLoc(), apply.getAffineMap(), apply.getMapOperands()));
  });
}

static LogicalResult expandLinalg(IRRewriter &rewriter, linalg::LinalgOp op) {
  Emitter emit(rewriter, op.getLoc());
  LogicalResult result = failure();
  emit.forall({1}, [&](ValueRange) { result = linalg::linalgOpToLoops(rewriter, op); });
  expandIndices(rewriter, op->getPrevNode());
  return result;
}

static LogicalResult expand(IRRewriter &rewriter, Operation *op) {
  Emitter emit(rewriter, op->getLoc());
  rewriter.setInsertionPoint(op);
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case<ContractOp, PackOp, QuantizeOp, DequantizeOp, InterleaveOp, DeinterleaveOp, AttentionOp, AttentionGradOp,
            RotationOp, GatherOp, ScatterAddOp, WriteRowsOp, CrossEntropyOp, CrossEntropyGradOp>([&](auto kernel) {
        expandNaive(emit, kernel);
        return success();
      })
      .Case<memref::CopyOp>([&](memref::CopyOp copy) {
        expandCopy(emit, copy);
        return success();
      })
      .Case<linalg::LinalgOp>([&](linalg::LinalgOp linalgOp) { return expandLinalg(rewriter, linalgOp); })
      .Default(failure());
}

static bool hasStaticBuffers(Operation *op) {
  return llvm::all_of(op->getOperandTypes(), [](Type type) {
    auto memref = dyn_cast<MemRefType>(type);
    return memref ? memref.hasStaticShape() : !isa<ShapedType>(type);
  });
}

namespace {
struct ExpandKernelsNaive : tern::impl::ExpandKernelsNaiveBase<ExpandKernelsNaive> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isKernel(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops) {
      if (!hasStaticBuffers(op) || failed(expand(rewriter, op))) {
        op->emitOpError("has no loop form on these operands; it must be on memrefs of static shape");
        return signalPassFailure();
      }
      rewriter.eraseOp(op);
    }
  }
};
} // namespace
