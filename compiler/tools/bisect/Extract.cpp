// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Building the function: values are brought in one by one, as arguments, or with the op that makes them.

#include "compiler/tools/bisect/Extract.h"

#include "compiler/tools/bisect/Cut.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

/// The values from outside of an op that it, or an op inside of it, uses.
static SmallVector<Value> usedBy(Operation *op) {
  SmallVector<Value> values;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
        values.push_back(operand);
  });
  return values;
}

static bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

namespace {
class Extraction {
public:
  Extraction(Operation *op, const Surroundings &around)
      : op(op), around(around), loop(op->getParentOp()), b(op->getContext()), loc(op->getLoc()) {}

  OwningOpRef<ModuleOp> build() {
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    b.setInsertionPointToEnd(module->getBody());
    auto function = func::FuncOp::create(b, loc, "reduced", b.getFunctionType({}, {}));
    body = function.addEntryBlock();
    b.setInsertionPointToEnd(body);
    std::optional<SmallVector<Value>> results = around.inLoop ? buildLoop() : buildOps();
    if (!results)
      return nullptr;
    b.setInsertionPointToEnd(body);
    func::ReturnOp::create(b, loc, *results);
    function.setType(b.getFunctionType(body->getArgumentTypes(), ValueRange(*results).getTypes()));
    return module;
  }

private:
  /// The op and what it needs, here.
  std::optional<SmallVector<Value>> buildOps() {
    for (Value value : usedBy(op))
      bring(value, around.depth);
    if (isImpossible)
      return std::nullopt;
    return llvm::to_vector_of<Value>(b.clone(*op, mapping)->getResults());
  }

  std::optional<SmallVector<Value>> buildLoop() {
    if (auto layers = dyn_cast<LayersOp>(loop))
      return buildLayers(layers);
    if (auto upward = dyn_cast<scf::ForOp>(loop))
      return buildFor(upward);
    return std::nullopt;
  }

  std::optional<SmallVector<Value>> buildFor(scf::ForOp old) {
    SmallVector<Value> inits;
    for (Type type : op->getResultTypes())
      inits.push_back(body->addArgument(type, loc));
    Value begin = arith::ConstantIndexOp::create(b, loc, 0), step = arith::ConstantIndexOp::create(b, loc, 1);
    Value end = arith::ConstantIndexOp::create(b, loc, around.iterations);
    auto copy = scf::ForOp::create(b, loc, begin, end, step, inits);
    mapping.map(old.getInductionVar(), copy.getInductionVar());
    b.setInsertionPointToEnd(copy.getBody());
    std::optional<SmallVector<Value>> results = buildOps();
    if (results)
      scf::YieldOp::create(b, loc, *results);
    return results ? std::optional(llvm::to_vector_of<Value>(copy.getResults())) : std::nullopt;
  }

  /// A repeat carries something: a value that goes through it.
  std::optional<SmallVector<Value>> buildLayers(LayersOp old) {
    Value carried = body->addArgument(op->getResultTypes().front(), loc);
    SmallVector<Type> types;
    for (Type type : op->getResultTypes()) {
      SmallVector<int64_t> shape{old.getTripCount()};
      llvm::append_range(shape, cast<RankedTensorType>(type).getShape());
      types.push_back(cast<RankedTensorType>(type).clone(shape));
    }
    auto copy = LayersOp::create(b, loc, old.getCount(), StringAttr(), old.getReverse(), carried, ValueRange(), types);
    mapping.map(old.getIndex(), copy.getIndex());
    b.setInsertionPointToEnd(&copy.getBody().front());
    std::optional<SmallVector<Value>> results = buildOps();
    if (!results)
      return std::nullopt;
    results->insert(results->begin(), copy.getCarriedArguments().front());
    YieldOp::create(b, loc, *results);
    return llvm::to_vector_of<Value>(copy.getStackedResults());
  }

  void bring(Value value, unsigned depth) {
    if (mapping.contains(value))
      return;
    Operation *maker = value.getDefiningOp();
    bool isMadeOfNothing = maker && maker->getNumOperands() == 0 && maker->getNumRegions() == 0;
    bool isBrought = maker && tripCount(maker) == 0 && (depth > 0 || isMadeOfNothing || !isTensor(value));
    if (!isBrought) {
      isImpossible |= !isTensor(value);
      mapping.map(value, body->addArgument(value.getType(), value.getLoc()));
      return;
    }
    for (Value used : usedBy(maker))
      bring(used, depth > 0 ? depth - 1 : 0);
    b.clone(*maker, mapping);
  }

  Operation *op;
  const Surroundings &around;
  Operation *loop;
  OpBuilder b;
  Location loc;
  Block *body = nullptr; // of the function
  IRMapping mapping;
  bool isImpossible = false;
};
} // namespace

OwningOpRef<ModuleOp> bisect::extract(Operation *op, const Surroundings &around) {
  bool isOfTensors = llvm::all_of(op->getResults(), isTensor) && op->getNumResults() > 0;
  return isOfTensors ? Extraction(op, around).build() : nullptr;
}
