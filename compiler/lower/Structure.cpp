// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure family: the repeat over layers becomes a loop that carries whole stacked tensors and works on slices of them.
//
//   layers 12 (h = h0) stacked (w = ws, g = gs) { ...; yield h', accumulate(g, dw, flag) }
//     ->  scf.for i = 0 to 12 (h = h0, gs = gs) { w = ws[i]; g = gs[i]; ...; yield h', gs with [i] = accumulate(g, dw, flag) }
//
// A stacked result that accumulates onto the slice of a stacked operand, or writes rows into it, grows in that operand's
// place; any other stacked result grows in a fresh tensor.

#include "compiler/lower/Lower.h"
#include "compiler/lower/LowerUtils.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;
using namespace tern;
using namespace tern::lower;

namespace {

/// Layer `number` of a stacked tensor, without the layer dimension.
Value layerOf(ImplicitLocOpBuilder &b, Value stacked, Value number) {
  return reshapeTensor(b, sliceRows(b, stacked, number, 1), lower::shapeOf(stacked).drop_front());
}

Value withLayer(ImplicitLocOpBuilder &b, Value layer, Value stacked, Value number) {
  SmallVector<int64_t> shape{1};
  llvm::append_range(shape, lower::shapeOf(layer));
  return insertRows(b, reshapeTensor(b, layer, shape), stacked, number);
}

/// What a value is an update of, or null.
Value updatedBy(Value value) {
  if (auto accumulate = value.getDefiningOp<AccumulateOp>())
    return accumulate.getOld();
  auto write = value.getDefiningOp<CacheWriteOp>();
  return write ? write.getCache() : Value();
}

/// The number of the stacked operand that a stacked result is an update of, or -1.
int updatedOperand(LayersOp op, unsigned stackedResult) {
  Value updated = updatedBy(op.getYield()->getOperand(op.getInits().size() + stackedResult));
  auto slice = dyn_cast_if_present<BlockArgument>(updated);
  // A state is read, from its own slice, before it is written.
  bool isState = slice && llvm::any_of(slice.getUsers(), llvm::IsaPred<CacheWriteOp>);
  if (!slice || slice.getOwner() != &op.getBody().front() || (!slice.hasOneUse() && !isState))
    return -1;
  return static_cast<int>(slice.getArgNumber()) - 1 - static_cast<int>(op.getInits().size());
}

struct LayersLowering : OpConversionPattern<LayersOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(LayersOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    unsigned carried = op.getInits().size();
    ValueRange kept = op.getYield()->getOperands().drop_front(carried);
    SmallVector<Value> inits(adaptor.getInits());
    DenseMap<unsigned, unsigned> grows; // stacked operand -> stacked result that grows in its place
    for (auto [number, result] : llvm::enumerate(op.getStackedResults())) {
      int operand = updatedOperand(op, number);
      if (operand >= 0)
        grows[operand] = number;
      auto type = cast<RankedTensorType>(result.getType());
      b.setLoc(placeOf(kept[number], op)); // a stack comes from what is stacked
      inits.push_back(operand >= 0 ? adaptor.getStacked()[operand] : emptyTensor(b, type.getShape(), type.getElementType()));
    }
    b.setLoc(op.getLoc());
    Value zero = arith::ConstantIndexOp::create(b, 0), one = arith::ConstantIndexOp::create(b, 1);
    Value end = arith::ConstantIndexOp::create(b, op.getTripCount());
    auto loop = scf::ForOp::create(b, zero, end, one, inits);
    Operation *yield = op.getYield();

    rewriter.setInsertionPointToStart(loop.getBody());
    ImplicitLocOpBuilder inner(op.getLoc(), rewriter);
    Value number = layerNumber(op, loop, inner);
    SmallVector<Value> arguments{numberTensor(op, number, inner)};
    llvm::append_range(arguments, loop.getRegionIterArgs().take_front(carried));
    for (auto [operand, stacked] : llvm::enumerate(adaptor.getStacked())) {
      auto growing = grows.find(operand);
      Value source = growing == grows.end() ? stacked : loop.getRegionIterArg(carried + growing->second);
      arguments.push_back(layerOf(inner, source, number));
    }
    Block *body = loop.getBody();
    rewriter.inlineBlockBefore(&op.getBody().front(), body, body->end(), arguments);
    rewriter.setInsertionPoint(yield);
    ImplicitLocOpBuilder atEnd(op.getLoc(), rewriter);
    SmallVector<Value> results(yield->getOperands().take_front(carried));
    for (auto [position, value] : llvm::enumerate(yield->getOperands().drop_front(carried))) {
      atEnd.setLoc(placeOf(value, op));
      results.push_back(withLayer(atEnd, value, loop.getRegionIterArg(carried + position), number));
    }
    rewriter.replaceOpWithNewOp<scf::YieldOp>(yield, results);
    rewriter.replaceOp(op, loop.getResults());
    return success();
  }

private:
  static Location placeOf(Value value, LayersOp op) { return value.getDefiningOp() ? value.getLoc() : op.getLoc(); }

  /// The layer that an iteration works on: iterations run upwards also in a reversed repeat.
  static Value layerNumber(LayersOp op, scf::ForOp loop, ImplicitLocOpBuilder &b) {
    if (!op.getReverse())
      return loop.getInductionVar();
    Value last = arith::ConstantIndexOp::create(b, op.getTripCount() - 1);
    return arith::SubIOp::create(b, last, loop.getInductionVar());
  }

  static Value numberTensor(LayersOp op, Value number, ImplicitLocOpBuilder &b) {
    Value integer = arith::IndexCastOp::create(b, b.getI64Type(), number);
    return tensor::FromElementsOp::create(b, cast<RankedTensorType>(op.getIndex().getType()), integer);
  }
};

} // namespace

void tern::populateStructureLowering(RewritePatternSet &patterns) { patterns.add<LayersLowering>(patterns.getContext()); }
