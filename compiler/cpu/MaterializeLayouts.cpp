// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Encodings to shapes. Bufferization would drop an encoding without a word, so every one is gone before it, or named.

#include "compiler/cpu/Passes.h"
#include "dialects/kernel/Kernel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace tern {
#define GEN_PASS_DEF_MATERIALIZELAYOUTS
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::kernel;

static PackedAttr layoutOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? dyn_cast_or_null<PackedAttr>(tensor.getEncoding()) : PackedAttr();
}

static Type physical(Type type) {
  PackedAttr layout = layoutOf(type);
  return layout ? Type(layout.getPhysicalType(cast<RankedTensorType>(type))) : type;
}

static bool touchesPacked(Operation *op) {
  auto isPacked = [](Type type) { return bool(layoutOf(type)); };
  return llvm::any_of(op->getOperandTypes(), isPacked) || llvm::any_of(op->getResultTypes(), isPacked);
}

// A slice whose last two dimensions are the whole matrix.
template <typename Slice>
static bool keepsMatrix(Slice op, RankedTensorType whole) {
  auto matrix = [&](auto values) { return ArrayRef(values).take_back(2); };
  auto isZero = [](OpFoldResult value) { return isConstantIntValue(value, 0); };
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets();
  return op.hasUnitStride() && llvm::all_of(matrix(offsets), isZero) &&
         op.getStaticSizes().take_back(2) == whole.getShape().take_back(2);
}

// [%i, 0, 0] [1, 70, 40] [1, 1, 1] on (12, 70, 40) becomes [%i, 0, 0, 0] [1, 2, 48, 64] [1, 1, 1, 1] on (12, 2, 48, 64).
template <typename Slice>
static void rewriteSlice(Slice op, RankedTensorType whole, Type result) {
  OpBuilder b(op);
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets(), sizes = op.getMixedSizes(), strides = op.getMixedStrides();
  sizes.pop_back_n(2);
  auto type = cast<RankedTensorType>(physical(whole));
  for (int64_t size : type.getShape().take_back(3))
    sizes.push_back(b.getIndexAttr(size));
  offsets.push_back(b.getIndexAttr(0));
  strides.push_back(b.getIndexAttr(1));
  Value changed;
  if constexpr (std::is_same_v<Slice, tensor::ExtractSliceOp>)
    changed = tensor::ExtractSliceOp::create(b, op.getLoc(), cast<RankedTensorType>(result), op.getSource(), offsets, sizes, strides);
  else
    changed = tensor::InsertSliceOp::create(b, op.getLoc(), op.getSource(), op.getDest(), offsets, sizes, strides);
  op.replaceAllUsesWith(changed);
  op.erase();
}

namespace {
struct MaterializeLayouts : tern::impl::MaterializeLayoutsBase<MaterializeLayouts> {
  void runOnOperation() override {
    SmallVector<Operation *> slices;
    if (failed(check(slices)))
      return signalPassFailure();
    SmallVector<RankedTensorType> wholes; // of each slice, before types change
    for (Operation *slice : slices)
      wholes.push_back(cast<RankedTensorType>(slice->getOperand(isa<tensor::ExtractSliceOp>(slice) ? 0 : 1).getType()));
    changeTypes();
    for (auto [slice, whole] : llvm::zip_equal(slices, wholes)) {
      if (auto extract = dyn_cast<tensor::ExtractSliceOp>(slice))
        rewriteSlice(extract, whole, extract.getType());
      else
        rewriteSlice(cast<tensor::InsertSliceOp>(slice), whole, Type());
    }
  }

private:
  // Nothing holds a packed tensor that has no physical form.
  LogicalResult check(SmallVectorImpl<Operation *> &slices) {
    WalkResult result = getOperation().walk([&](Operation *op) {
      if (!touchesPacked(op) || isa<PackOp, ContractOp, scf::ForOp, scf::YieldOp, func::ReturnOp, tensor::EmptyOp>(op))
        return WalkResult::advance();
      auto extract = dyn_cast<tensor::ExtractSliceOp>(op);
      auto insert = dyn_cast<tensor::InsertSliceOp>(op);
      bool isWhole = (extract && keepsMatrix(extract, extract.getSourceType())) || (insert && keepsMatrix(insert, insert.getDestType()));
      if (!isWhole) {
        op->emitOpError() << "takes or makes a packed tensor; only whole matrices of it can be sliced, and only "
                             "tern_kernel.contract and tern_kernel.pack know what is in it";
        return WalkResult::interrupt();
      }
      slices.push_back(op);
      return WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }

  void changeTypes() {
    getOperation().walk([](Operation *op) {
      for (Value result : op->getResults())
        result.setType(physical(result.getType()));
      for (Region &region : op->getRegions())
        for (Block &block : region)
          for (BlockArgument argument : block.getArguments())
            argument.setType(physical(argument.getType()));
      if (auto function = dyn_cast<func::FuncOp>(op)) {
        auto all = [](TypeRange types) { return llvm::map_to_vector(types, physical); };
        FunctionType type = function.getFunctionType();
        function.setType(FunctionType::get(op->getContext(), all(type.getInputs()), all(type.getResults())));
      }
    });
  }
};
} // namespace
