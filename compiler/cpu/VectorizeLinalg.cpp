// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// linalg ops and copies on memrefs become loops on vectors.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/LinalgVectorizer.h"
#include "compiler/cpu/Passes.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace tern {
#define GEN_PASS_DEF_VECTORIZELINALG
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;

// A copy is a linalg op like any other.
static void copiesToLinalg(Operation *root) {
  SmallVector<memref::CopyOp> copies;
  root->walk([&](memref::CopyOp copy) { copies.push_back(copy); });
  for (memref::CopyOp copy : copies) {
    OpBuilder builder(copy);
    linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(), copy.getTarget());
    copy.erase();
  }
}

namespace {
struct VectorizeLinalg : tern::impl::VectorizeLinalgBase<VectorizeLinalg> {
  using VectorizeLinalgBase::VectorizeLinalgBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    tern::Remarks remarks(*this, "vectorized", "scalar loops");
    copiesToLinalg(getOperation());
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) { ops.push_back(op); });
    for (linalg::LinalgOp op : ops) {
      if (!op.hasPureBufferSemantics() || op.hasDynamicShape()) {
        op.emitOpError("must be on memrefs of static shape");
        return signalPassFailure();
      }
      OpBuilder builder(op);
      Emitter emit(builder, op.getLoc());
      LinalgVectorizer vectorizer(emit, op, *machine);
      if (StringRef why = vectorizer.whyNot(); why.empty())
        remarks.passed(op.getLoc(), vectorizer.describe());
      else if (op.getNumLoops() > 0)
        remarks.missed(op.getLoc(), why);
      vectorizer.emitLoops();
      op->erase();
    }
  }
};
} // namespace
