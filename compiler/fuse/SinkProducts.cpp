// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A sum of products, one per iteration, becomes one product after the loop: its factors are stacked instead of its sum
// carried. So do sums over rows.
//
//   dw, dgs = layers (s = 0) stacked (x = xs) { ...; yield s + matmul x, g transpose_a, g }
//     ->  dgs = layers stacked (x = xs) { ...; yield g }
//         dw = matmul (xs as one matrix), (dgs as one matrix) transpose_a          all iterations, row under row

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "dialects/tern/Shapes.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_SINKPRODUCTS
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {

struct SinkProducts : tern::impl::SinkProductsBase<SinkProducts> {
  void runOnOperation() override;
};

/// A carried value that only adds up terms.
struct Sum {
  unsigned number;         // among the carried values
  SmallVector<Value> terms;
};

/// Works on the sums of one loop.
class LoopSinker {
public:
  LoopSinker(LayersOp layers, Remarks &remarks) : layers(layers), remarks(remarks) {}
  void run();

private:
  std::optional<Sum> findSum(unsigned number);
  bool isWorthIt(const Sum &sum);
  void stackFactors(const Sum &sum);
  std::optional<unsigned> stackedResult(Value value);
  Value stackOf(OpBuilder &b, Value value);
  Value wholeTerm(OpBuilder &b, Value term);
  void replaceSum(const Sum &sum);
  void dropSums();

  LayersOp layers;
  Remarks &remarks;
  SmallVector<Sum> sums; // what is done after the loop
};

} // namespace

//===-- what is a sum ------------------------------------------------------------------------------------------------===//

static Value withoutReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getInput();
  return value;
}

/// What a term multiplies or adds up, seen through reshapes; empty when it is of another kind.
static SmallVector<Value> factorsOf(Value term) {
  Operation *op = withoutReshapes(term).getDefiningOp();
  if (auto sum = dyn_cast_or_null<SumOp>(op))
    return {sum.getInput()};
  auto product = dyn_cast_or_null<MatmulOp>(op);
  bool addsRows = product && product.getTransposeA() && !product.getTransposeB(); // sums over dimension -2 of both
  if (!addsRows || shapeOf(product.getLhs().getType()).drop_back() != shapeOf(product.getRhs().getType()).drop_back())
    return {};
  return {product.getLhs(), product.getRhs()};
}

/// The same without reshapes: what would be stacked.
static SmallVector<Value> rootsOf(Value term) { return llvm::map_to_vector(factorsOf(term), withoutReshapes); }

/// The sum that carried value `number` is: it enters, terms are added, it leaves, and nobody else looks at it.
std::optional<Sum> LoopSinker::findSum(unsigned number) {
  BlockArgument carried = layers.getCarriedArguments()[number];
  SmallVector<Value> open{layers.getYield()->getOperand(number)}, terms;
  unsigned found = 0;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    auto add = value.getDefiningOp<AddOp>();
    if (value == carried)
      ++found;
    else if (add && value.hasOneUse() && add.getLhs().getType() == value.getType() && add.getRhs().getType() == value.getType())
      open.append({add.getRhs(), add.getLhs()});
    else
      terms.push_back(value);
  }
  if (found != 1 || !carried.hasOneUse() || terms.empty())
    return std::nullopt;
  return Sum{number, terms};
}

//===-- stacks -------------------------------------------------------------------------------------------------------===//

/// The result that stacks a value of the body.
std::optional<unsigned> LoopSinker::stackedResult(Value value) {
  for (unsigned number = layers.getInits().size(); number < layers->getNumResults(); ++number)
    if (layers.getYield()->getOperand(number) == value)
      return number;
  return std::nullopt;
}

/// Factors come from the loop, and stacking those that are not stacked yet moves no more memory than the sum does.
bool LoopSinker::isWorthIt(const Sum &sum) {
  llvm::SetVector<Value> missing;
  for (Value term : sum.terms) {
    SmallVector<Value> factors = rootsOf(term);
    if (factors.empty())
      return false; // most gradients are no products: nothing to say
    for (Value factor : factors) {
      if (factor.getParentRegion() != &layers.getBody())
        return remarks.missed(term.getLoc(), "a factor is the same in every iteration"), false;
      if (!sliceNumber(layers, factor) && !stackedResult(factor))
        missing.insert(factor);
    }
  }
  uint64_t stacked = 0, carried = elementCount(layers.getInits()[sum.number].getType());
  for (Value factor : missing)
    stacked += elementCount(factor.getType());
  if (stacked <= carried)
    return true;
  remarks.missed(sum.terms.front().getLoc(), "its factors, " + Twine(stacked) + " elements of each iteration, are larger than "
                                             "the sum, " + Twine(carried));
  return false;
}

void LoopSinker::stackFactors(const Sum &sum) {
  for (Value term : sum.terms)
    for (Value factor : rootsOf(term))
      if (!sliceNumber(layers, factor) && !stackedResult(factor))
        layers = layers.alsoStack(factor);
}

//===-- after the loop -----------------------------------------------------------------------------------------------===//

static Value reshape(OpBuilder &b, Location loc, Value value, ArrayRef<int64_t> shape) {
  return shapeOf(value.getType()) == shape ? value : ReshapeOp::create(b, loc, value, shape);
}

/// The stack of all iterations' values, (N, ...).
Value LoopSinker::stackOf(OpBuilder &b, Value value) {
  Value whole, base = withoutReshapes(value);
  if (std::optional<unsigned> slice = sliceNumber(layers, base))
    whole = layers.getStacked()[*slice];
  else
    whole = layers.getResult(*stackedResult(base));
  return reshape(b, value.getLoc(), whole, shapeOf(layers.getStackType(value.getType())));
}

/// (N, ..., K, M) -> (..., N K, M): the rows of all iterations, one under the other.
static Value rowsOfAll(OpBuilder &b, Location loc, Value stack) {
  ArrayRef<int64_t> shape = shapeOf(stack.getType());
  int64_t batch = shape.size() - 3;
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, shape.size())), rows(shape.drop_front());
  std::rotate(permutation.begin(), permutation.begin() + 1, permutation.begin() + 1 + batch);
  rows[batch] *= shape.front();
  Value ordered = batch ? TransposeOp::create(b, loc, stack, permutation).getResult() : stack;
  return reshape(b, loc, ordered, rows);
}

/// The sum of a term over all iterations.
Value LoopSinker::wholeTerm(OpBuilder &b, Value term) {
  Location loc = term.getLoc();
  Operation *op = withoutReshapes(term).getDefiningOp();
  Value whole;
  if (auto product = dyn_cast<MatmulOp>(op)) {
    Value lhs = rowsOfAll(b, loc, stackOf(b, product.getLhs())), rhs = rowsOfAll(b, loc, stackOf(b, product.getRhs()));
    whole = MatmulOp::create(b, loc, lhs, rhs, /*transpose_a=*/true, /*transpose_b=*/false);
  } else {
    auto sum = cast<SumOp>(op);
    SmallVector<int64_t> dims{0};
    llvm::append_range(dims, llvm::map_range(sum.getReducedDims(), [](int64_t dim) { return dim + 1; }));
    whole = SumOp::create(b, loc, stackOf(b, sum.getInput()), dims, /*keep_dims=*/false);
  }
  return reshape(b, loc, whole, shapeOf(term.getType()));
}

void LoopSinker::replaceSum(const Sum &sum) {
  OpBuilder b(layers->getContext());
  b.setInsertionPointAfter(layers);
  Value init = layers.getInits()[sum.number], total = matchPattern(init, m_AnyZeroFloat()) ? Value() : init;
  for (Value term : sum.terms) {
    Value whole = wholeTerm(b, term);
    total = total ? AddOp::create(b, term.getLoc(), total, whole) : whole;
  }
  layers.getResult(sum.number).replaceAllUsesWith(total);
}

/// Replaces the loop by one that does not carry the sums.
void LoopSinker::dropSums() {
  auto isDropped = [&](unsigned number) { return llvm::any_of(sums, [&](const Sum &sum) { return sum.number == number; }); };
  OpBuilder b(layers);
  SmallVector<Value> inits;
  for (auto [number, init] : llvm::enumerate(layers.getInits()))
    if (!isDropped(number))
      inits.push_back(init);
  auto narrower = LayersOp::create(b, layers.getLoc(), layers.getCount(), layers.getScopeAttr(), layers.getReverse(), inits,
                                   layers.getStacked(), layers.getStackedResults().getTypes());
  narrower->setDiscardableAttrs(layers->getDiscardableAttrDictionary());
  SmallVector<Value> kept;
  for (auto [number, result] : llvm::enumerate(layers->getResults()))
    if (!isDropped(number))
      kept.push_back(result);
  for (auto [before, after] : llvm::zip_equal(kept, narrower->getResults()))
    before.replaceAllUsesWith(after);
  unsigned carried = layers.getInits().size();
  narrower.getBody().takeBody(layers.getBody());
  layers.erase();
  Block &body = narrower.getBody().front();
  for (unsigned number = carried; number-- > 0;)
    if (isDropped(number))
      body.getTerminator()->eraseOperand(number);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isOpTriviallyDead(&op))
      op.erase();
  for (unsigned number = carried; number-- > 0;)
    if (isDropped(number))
      body.eraseArgument(1 + number);
}

void LoopSinker::run() {
  // Twice: a sum over rows costs nothing once a product has stacked them.
  for (unsigned round = 0; round < 2; ++round)
    for (unsigned number = 0; number < layers.getInits().size(); ++number) {
      bool isDone = llvm::any_of(sums, [&](const Sum &sum) { return sum.number == number; });
      std::optional<Sum> sum = isDone ? std::nullopt : findSum(number);
      if (!sum || !isWorthIt(*sum))
        continue;
      stackFactors(*sum);
      remarks.programChanged();
      sums.push_back(*sum);
    }
  remarks.flush();
  if (sums.empty())
    return;
  for (const Sum &sum : sums) {
    remarks.passed(sum.terms.front().getLoc(), "one product or sum after " + Twine(layers.getTripCount()) + " iterations");
    replaceSum(sum);
  }
  dropSums();
}

void SinkProducts::runOnOperation() {
  Remarks remarks(*this, "sunk", "not sunk");
  SmallVector<LayersOp> loops; // inner ones first
  getOperation().walk([&](LayersOp layers) { loops.push_back(layers); });
  for (LayersOp layers : loops)
    LoopSinker(layers, remarks).run();
}
