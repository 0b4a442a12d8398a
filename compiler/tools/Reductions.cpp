// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What can be made smaller in a module, one function per idea.
// Edits need not keep the meaning, only the module valid; whoever is asked says what matters.

#include "compiler/tools/Reduce.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/SymbolTable.h"

#include "compiler/shape/ShapeUtils.h"
#include "dialects/tern/Attrs.h"
#include "dialects/tern/Shapes.h"
#include "dialects/tern/Tern.h"

using namespace mlir;
using namespace tern;

using Edits = std::vector<std::function<void()>>;

//===-- functions and other symbols ------------------------------------------------------------------------------===//

static Edits eraseSymbols(ModuleOp module) {
  Edits edits;
  for (Operation &op : *module.getBody())
    edits.push_back([&op] { op.erase(); });
  return edits;
}

// A hyperparameter becomes the number that it is, and types follow.
static void substitute(HyperOp hyper, int64_t value) {
  StringAttr name = hyper.getSymNameAttr();
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](SizeExpressionAttr size) -> std::pair<Attribute, WalkResult> {
    bool first = size.getSymbol() == name, second = size.getTimes() == name;
    if (!first && !second)
      return {size, WalkResult::skip()};
    int64_t factor = size.getFactor() * (first ? value : 1) * (second ? value : 1);
    StringAttr left = !first ? size.getSymbol() : second ? StringAttr() : size.getTimes();
    if (!left)
      return {Builder(size.getContext()).getI64IntegerAttr(factor / size.getDivisor()), WalkResult::skip()};
    return {SizeExpressionAttr::get(size.getContext(), factor, left, size.getDivisor(), StringAttr()), WalkResult::skip()};
  });
  auto module = cast<ModuleOp>(hyper->getParentOp());
  hyper.erase();
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true);
  module.walk([](ParamOp param) {
    param.getResult().setType(withShape(param.getType(), llvm::map_to_vector(param.getSizes(), extentOf)));
  });
  for (auto function : module.getOps<func::FuncOp>())
    (void)inferTypes(function);
}

static Edits substituteHypers(ModuleOp module) {
  Edits edits;
  for (auto hyper : module.getOps<HyperOp>())
    if (auto value = dyn_cast<IntegerAttr>(hyper.getValue()))
      edits.push_back([=] { substitute(hyper, value.getInt()); });
  return edits;
}

// Functions of one block that nobody calls: their signature is free.
static SmallVector<func::FuncOp> freeFunctions(ModuleOp module) {
  SmallVector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.getBody().hasOneBlock() && SymbolTable::symbolKnownUseEmpty(function, module))
      functions.push_back(function);
  return functions;
}

static void setReturned(func::FuncOp function, ValueRange values) {
  function.getBody().front().getTerminator()->setOperands(values);
  function.removeResAttrsAttr();
  function.setFunctionType(FunctionType::get(function.getContext(), function.getArgumentTypes(), values.getTypes()));
}

// @f returns what is known early on; what came after that is dead.
static Edits returnEarly(ModuleOp module) {
  Edits edits;
  for (func::FuncOp function : freeFunctions(module))
    for (Operation &op : function.getBody().front())
      for (Value result : op.getResults())
        edits.push_back([=] { setReturned(function, result); });
  return edits;
}

static Edits dropResults(ModuleOp module) {
  Edits edits;
  for (func::FuncOp function : freeFunctions(module))
    for (unsigned number = function.getNumResults(); number-- > 0;)
      edits.push_back([=]() mutable {
        SmallVector<Value> values(function.getBody().front().getTerminator()->getOperands());
        values.erase(values.begin() + number);
        setReturned(function, values);
      });
  return edits;
}

// From the last to the first, so that numbers stay right.
static Edits dropArguments(ModuleOp module) {
  Edits edits;
  for (func::FuncOp function : freeFunctions(module))
    for (unsigned number = function.getNumArguments(); number-- > 0;)
      if (function.getArgument(number).use_empty())
        edits.push_back([=] { (void)func::FuncOp(function).eraseArgument(number); });
  return edits;
}

static Value addArgument(func::FuncOp function, Type type) {
  (void)function.insertArgument(function.getNumArguments(), type, {}, function.getLoc());
  return function.getArguments().back();
}

// What was computed is given instead.
static Edits resultsToArguments(ModuleOp module) {
  Edits edits;
  for (func::FuncOp function : freeFunctions(module))
    function.walk([&](Operation *op) {
      if (op == function || op->getNumResults() == 0 || op->use_empty())
        return;
      edits.push_back([op, function = function]() mutable {
        for (Value result : op->getResults())
          result.replaceAllUsesWith(addArgument(function, result.getType()));
      });
    });
  return edits;
}

//===-- ops ------------------------------------------------------------------------------------------------------===//

// The first operand of that type which has not been taken yet: the start of a carried value, the lower bound of a loop.
static Value takeOperand(SmallVectorImpl<Value> &operands, Type type) {
  auto found = llvm::find_if(operands, [&](Value operand) { return operand.getType() == type; });
  if (found == operands.end())
    return {};
  Value operand = *found;
  operands.erase(found);
  return operand;
}

// What a region computes in its first run takes the place of the op that holds it. What only the op could say, a slice
// or a stack of all runs, is given instead; what has no reader any more is returned, so that it stays.
static void open(Operation *op, func::FuncOp function) {
  Block &body = op->getRegion(0).front();
  SmallVector<Value> operands(op->getOperands());
  for (BlockArgument argument : body.getArguments()) {
    Value start = takeOperand(operands, argument.getType());
    if (start || !argument.use_empty())
      argument.replaceAllUsesWith(start ? start : addArgument(function, argument.getType()));
  }
  SmallVector<Value> leaving(body.getTerminator()->getOperands());
  body.getTerminator()->erase();
  op->getBlock()->getOperations().splice(op->getIterator(), body.getOperations());
  for (auto [result, value] : llvm::zip(op->getResults(), leaving))
    if (result.getType() == value.getType())
      result.replaceAllUsesWith(value);
  for (Value result : op->getResults())
    if (!result.use_empty())
      result.replaceAllUsesWith(addArgument(function, result.getType()));
  op->erase();
  SmallVector<Value> returned(function.getBody().front().getTerminator()->getOperands());
  llvm::append_range(returned, llvm::make_filter_range(leaving, [](Value value) { return value.use_empty(); }));
  setReturned(function, returned);
}

// Inner ops come before the ops that hold them.
static Edits openRegions(ModuleOp module) {
  Edits edits;
  for (func::FuncOp function : freeFunctions(module))
    function.walk([&](Operation *op) {
      bool hasBody = op->getNumRegions() > 0 && op->getRegion(0).hasOneBlock();
      if (op != function && hasBody && op->getRegion(0).front().mightHaveTerminator())
        edits.push_back([op, function = function] { open(op, function); });
    });
  return edits;
}

static Edits forwardOperands(ModuleOp module) {
  Edits edits;
  module.walk([&](Operation *op) {
    for (OpResult result : op->getResults())
      for (OpOperand &operand : op->getOpOperands())
        if (operand.get().getType() == result.getType() && !result.use_empty())
          edits.push_back([result, &operand]() mutable { result.replaceAllUsesWith(operand.get()); });
  });
  return edits;
}

// Inner ops come before the ops that hold them, so that each is there when its turn comes.
static Edits eraseOps(ModuleOp module) {
  Edits edits;
  module.walk([&](Operation *op) {
    bool inFunction = op->getParentOp() && op->getParentOp() != module;
    if (inFunction && op->use_empty() && !op->hasTrait<OpTrait::IsTerminator>())
      edits.push_back([op] { op->erase(); });
  });
  return edits;
}

//===-- attributes -----------------------------------------------------------------------------------------------===//

// An attribute that has a default gets it back: accessors count on that.
static void dropAttribute(Operation *op, StringAttr name) {
  op->removeAttr(name);
  if (op->getPropertiesStorageSize() != 0)
    op->getName().populateDefaultProperties(op->getPropertiesStorage());
}

static Edits dropAttributes(ModuleOp module) {
  Edits edits;
  module.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs())
      if (attribute.getName() != "function_type") // not even a function for as long as it takes to find out
        edits.push_back([op, name = attribute.getName()] { dropAttribute(op, name); });
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      for (unsigned number = 0; number < function.getNumArguments(); ++number)
        for (NamedAttribute attribute : function.getArgAttrs(number))
          edits.push_back([function, number, name = attribute.getName()]() mutable {
            function.removeArgAttr(number, name);
          });
  });
  return edits;
}

// Hyperparameters, counts and sizes of our ops.
template <int64_t smaller>
static Edits shrinkNumbers(ModuleOp module) {
  Edits edits;
  module.walk([&](Operation *op) {
    if (!isa_and_nonnull<TernDialect>(op->getDialect()))
      return;
    for (NamedAttribute attribute : op->getAttrs()) {
      auto number = dyn_cast<IntegerAttr>(attribute.getValue());
      if (number && number.getType().isSignlessInteger(64) && number.getInt() > smaller)
        edits.push_back([op, name = attribute.getName(), type = number.getType()] {
          op->setAttr(name, IntegerAttr::get(type, smaller));
        });
    }
  });
  return edits;
}

ArrayRef<Reduction> tern::listReductions() {
  static const Reduction reductions[] = {
      {"erase a symbol", eraseSymbols, true},
      {"return earlier", returnEarly, false},
      {"drop a result", dropResults, true},
      {"open a region", openRegions, true},
      {"erase an op", eraseOps, true},
      {"replace a result by an operand", forwardOperands, true},
      {"replace a result by an argument", resultsToArguments, true},
      {"drop an argument", dropArguments, true},
      {"drop an attribute", dropAttributes, true},
      {"shrink numbers to 1", shrinkNumbers<1>, true},
      {"shrink numbers to 2", shrinkNumbers<2>, true},
      {"shrink numbers to 8", shrinkNumbers<8>, true},
      {"replace a hyperparameter by its number", substituteHypers, true},
  };
  return reductions;
}
