// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A scan over time becomes a repeat whose slices are steps: time goes in front, so that a step is one piece of memory.
//
//   y, ys = scan (h = h0) over (x = xs) lengths n { ...; yield h', o }
//     ->  xt = transpose xs [1, 0, 2]                                                      (T, B, C)
//         y, yt = layers T index t (h = h0) stacked (x = xt) {
//           ...; yield valid_rows h' step t lengths n else h, valid_rows o step t lengths n }
//         ys = transpose yt [1, 0, 2]                                                      (B, T, C)

#include "compiler/shape/Passes.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_REPEATSCAN
#include "compiler/shape/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct RepeatScan : tern::impl::RepeatScanBase<RepeatScan> {
  void runOnOperation() override;
};
} // namespace

/// Dimension `from` moved to place `to`, the others in their order.
static Value moveDim(OpBuilder &b, Location loc, Value value, int64_t from, int64_t to) {
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(value.getType()).size()));
  permutation.erase(permutation.begin() + from);
  permutation.insert(permutation.begin() + to, from);
  return from == to ? value : TransposeOp::create(b, loc, value, permutation);
}

/// Rows whose sequence is over keep their state and give zeros.
static void maskRows(ScanOp scan, LayersOp repeat) {
  Value lengths = scan.getLengths();
  if (!lengths)
    return;
  Operation *yield = repeat.getYield();
  OpBuilder b(yield);
  for (OpOperand &value : yield->getOpOperands()) {
    unsigned number = value.getOperandNumber();
    bool isState = number < repeat.getInits().size();
    Value other = isState ? Value(repeat.getCarriedArguments()[number]) : Value();
    value.set(ValidRowsOp::create(b, yield->getLoc(), value.get(), repeat.getIndex(), lengths, other));
  }
}

static void repeat(ScanOp scan, int64_t steps) {
  OpBuilder b(scan);
  Location loc = scan.getLoc();
  int64_t dim = scan.getDim();
  SmallVector<Value> stacked;
  for (Value sequence : scan.getStacked())
    stacked.push_back(moveDim(b, sequence.getLoc(), sequence, dim, 0));
  SmallVector<Type> types;
  for (Type type : scan.getStackedResults().getTypes()) {
    SmallVector<int64_t> shape(shapeOf(type));
    shape.erase(shape.begin() + dim);
    shape.insert(shape.begin(), steps);
    types.push_back(withShape(type, shape));
  }
  auto layers = LayersOp::create(b, loc, b.getI64IntegerAttr(steps), StringAttr(), scan.getReverse(), scan.getInits(), stacked,
                                 types);
  layers->setDiscardableAttrs(scan->getDiscardableAttrDictionary());
  layers.getBody().takeBody(scan.getBody());
  maskRows(scan, layers);
  SmallVector<Value> results(layers.getCarriedResults());
  for (Value stack : layers.getStackedResults())
    results.push_back(moveDim(b, loc, stack, 0, dim));
  scan->replaceAllUsesWith(results);
  scan->erase();
}

void RepeatScan::runOnOperation() {
  SmallVector<ScanOp> scans;
  getOperation().walk([&](ScanOp scan) { scans.push_back(scan); });
  for (ScanOp scan : scans) {
    int64_t steps = scan.getTripCount();
    if (steps < 0) {
      scan.emitOpError("takes a number of steps that is not known; specialise shapes first");
      return signalPassFailure();
    }
    repeat(scan, steps);
  }
}
