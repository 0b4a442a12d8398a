// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cutting functions on the model and tensor floors.

#include "compiler/tools/bisect/Cut.h"

#include "dialects/tern/Tern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

//===-- functions alone -------------------------------------------------------------------------------------===//

static void nameArguments(func::FuncOp function) {
  Builder b(function.getContext());
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (!function.getArgAttr(index, "tern.role") && !function.getArgAttr(index, "tern.variable"))
      function.setArgAttr(index, "tern.role", b.getStringAttr("argument" + Twine(index)));
  for (unsigned index = 0; index < function.getNumResults(); ++index)
    if (!function.getResultAttr(index, "tern.role") && !function.getResultAttr(index, "tern.updates"))
      function.setResultAttr(index, "tern.role", b.getStringAttr("result" + Twine(index)));
}

void bisect::makeEntries(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isDeclaration() || function.isPrivate())
      continue;
    nameArguments(function);
    if (!function->hasAttr("tern.entry"))
      function->setAttr("tern.entry", StringAttr::get(function.getContext(), function.getName()));
  }
}

func::FuncOp bisect::onlyFunction(ModuleOp module) { return *module.getOps<func::FuncOp>().begin(); }

OwningOpRef<ModuleOp> bisect::isolate(func::FuncOp function, bool keepsVariables) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(function.getLoc());
  OpBuilder b(module->getBodyRegion());
  for (auto size : function->getParentOfType<ModuleOp>().getOps<HyperOp>())
    b.clone(*size);
  auto copy = cast<func::FuncOp>(b.clone(*function));
  copy.setName("reduced");
  for (StringRef name : {"tern.entry", "tern.differentiate", "tern.bytes", "tern.flops"})
    copy->removeAttr(name);
  for (unsigned index = 0; index < copy.getNumArguments() && !keepsVariables; ++index) {
    auto variable = copy.getArgAttrOfType<StringAttr>(index, "tern.variable");
    if (auto row = copy.getArgAttrOfType<ParameterAttr>(index, "tern.parameter"); row && !variable)
      variable = b.getStringAttr("parameter:" + row.getName().getValue());
    if (variable)
      copy.setArgAttr(index, "tern.role", variable);
    copy.removeArgAttr(index, "tern.variable");
    copy.removeArgAttr(index, "tern.parameter");
  }
  copy.removeResAttrsAttr();
  makeEntries(*module);
  return module;
}

void bisect::eraseDeadOps(func::FuncOp function) {
  bool hasChanged = true;
  while (hasChanged) {
    hasChanged = false;
    function.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
      if (op == function || !isOpTriviallyDead(op))
        return;
      op->erase();
      hasChanged = true;
    });
  }
}

//===-- loops -----------------------------------------------------------------------------------------------===//

Block &bisect::blockAt(func::FuncOp function, ArrayRef<unsigned> path) {
  Block *block = &function.getBody().front();
  for (unsigned index : path)
    block = &opAt(*block, index)->getRegion(0).front();
  return *block;
}

Operation *bisect::opAt(Block &block, unsigned index) { return &*std::next(block.begin(), index); }

static std::optional<int64_t> constantOf(Value value) {
  IntegerAttr number;
  if (!matchPattern(value, m_Constant(&number)))
    return std::nullopt;
  return number.getInt();
}

int64_t bisect::tripCount(Operation *op) {
  if (auto layers = dyn_cast<LayersOp>(op))
    return std::max<int64_t>(layers.getTripCount(), 0);
  auto loop = dyn_cast<scf::ForOp>(op);
  if (!loop || constantOf(loop.getLowerBound()) != 0 || constantOf(loop.getStep()) != 1)
    return 0;
  return std::max<int64_t>(constantOf(loop.getUpperBound()).value_or(0), 0);
}

bool bisect::runsBackwards(Operation *op) {
  auto layers = dyn_cast<LayersOp>(op);
  return layers && layers.getReverse();
}

/// Stacks a value of the loop's body; the new result is the last.
static Value stack(scf::ForOp loop, Value value) {
  IRRewriter rewriter(loop.getContext());
  rewriter.setInsertionPoint(loop);
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape{tripCount(loop)};
  llvm::append_range(shape, type.getShape());
  Value empty = tensor::EmptyOp::create(rewriter, loop.getLoc(), shape, type.getElementType());
  auto yields = [&](OpBuilder &b, Location loc, ArrayRef<BlockArgument> carried) -> SmallVector<Value> {
    SmallVector<OpFoldResult> offsets(shape.size(), b.getIndexAttr(0)), steps(shape.size(), b.getIndexAttr(1)), sizes;
    for (int64_t extent : shape)
      sizes.push_back(b.getIndexAttr(extent));
    offsets[0] = cast<scf::ForOp>(carried[0].getOwner()->getParentOp()).getInductionVar();
    sizes[0] = b.getIndexAttr(1);
    return {tensor::InsertSliceOp::create(b, loc, value, carried[0], offsets, sizes, steps)};
  };
  auto wider = loop.replaceWithAdditionalYields(rewriter, empty, /*replaceInitOperandUsesInLoop=*/false, yields);
  return (*wider)->getResults().back();
}

/// The value outside of all loops.
static Value bringOut(Value value, func::FuncOp function) {
  while (value.getParentBlock() != &function.getBody().front()) {
    Operation *parent = value.getParentBlock()->getParentOp();
    if (auto layers = dyn_cast<LayersOp>(parent))
      value = layers.alsoStack(value).getResults().back();
    else
      value = stack(cast<scf::ForOp>(parent), value);
  }
  return value;
}

//===-- cuts ------------------------------------------------------------------------------------------------===//

/// Parts of it may never have been written: an empty tensor, also with slices put into it.
static bool mayHoldGarbage(Value value) {
  if (auto insert = value.getDefiningOp<tensor::InsertSliceOp>())
    return mayHoldGarbage(insert.getDest());
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp()))
      return argument != loop.getInductionVar() && mayHoldGarbage(loop.getTiedLoopInit(argument)->get());
  return value.getDefiningOp<tensor::EmptyOp>() != nullptr;
}

/// Somebody after `op` uses the value, or a tensor that it was put into and that cannot be compared yet:
///   %part = ...   %whole = tensor.insert_slice %part into %empty   op   ... uses %whole
static bool isUsedAfter(Value value, Operation *op) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (op->isBeforeInBlock(op->getBlock()->findAncestorOpInBlock(*user)))
      return true;
    auto insert = dyn_cast<tensor::InsertSliceOp>(user);
    return insert && mayHoldGarbage(insert) && isUsedAfter(insert, op);
  });
}

/// What `op` or an op before it in its block makes and somebody after it uses.
static SmallVector<Value> knownAfter(Operation *op, bool onlyResults) {
  Block *block = op->getBlock();
  SmallVector<Value> values;
  for (Operation &earlier : llvm::make_range(block->begin(), std::next(op->getIterator()))) {
    if (onlyResults && &earlier != op)
      continue;
    for (Value result : earlier.getResults()) {
      bool isTensor = isa<RankedTensorType>(result.getType()) && !matchPattern(result, m_Constant());
      if (isTensor && (onlyResults || isUsedAfter(result, op)) && !mayHoldGarbage(result))
        values.push_back(result);
    }
  }
  return values;
}

bool bisect::cutAfter(ModuleOp module, ArrayRef<unsigned> path, unsigned index, bool onlyResults) {
  func::FuncOp function = onlyFunction(module);
  SmallVector<Value> values = knownAfter(opAt(blockAt(function, path), index), onlyResults);
  if (values.empty())
    return false;
  Operation *terminator = function.getBody().front().getTerminator();
  terminator->setOperands({});
  for (Value value : values) // replacing a loop also moves what is returned already
    terminator->insertOperands(terminator->getNumOperands(), bringOut(value, function));
  function.removeResAttrsAttr();
  function.setType(
      FunctionType::get(function.getContext(), function.getArgumentTypes(), terminator->getOperandTypes()));
  eraseDeadOps(function);
  makeEntries(module);
  return true;
}
