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
    bool meant = size.getSymbol() == name;
    int64_t extent = size.getFactor() * value / size.getDivisor();
    return {meant ? Builder(size.getContext()).getI64IntegerAttr(extent) : Attribute(size), WalkResult::skip()};
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

// What was computed is given instead.
static Edits resultsToArguments(ModuleOp module) {
  Edits edits;
  for (func::FuncOp function : freeFunctions(module))
    function.walk([&](Operation *op) {
      if (op == function || op->getNumResults() == 0 || op->use_empty())
        return;
      edits.push_back([op, function = function]() mutable {
        for (Value result : op->getResults()) {
          (void)function.insertArgument(function.getNumArguments(), result.getType(), {}, op->getLoc());
          result.replaceAllUsesWith(function.getArguments().back());
        }
      });
    });
  return edits;
}

//===-- ops ------------------------------------------------------------------------------------------------------===//

static void runOnce(LayersOp layers) {
  SmallVector<Value> yielded(layers.getYield()->getOperands());
  for (auto [argument, init] : llvm::zip_equal(layers.getCarriedArguments(), layers.getInits()))
    argument.replaceAllUsesWith(init);
  layers.getYield()->erase();
  layers->getBlock()->getOperations().splice(layers->getIterator(), layers.getBody().front().getOperations());
  // A value that was handed through is its own start by now.
  for (auto [number, result] : llvm::enumerate(layers.getResults())) {
    auto argument = dyn_cast<BlockArgument>(yielded[number]);
    bool through = argument && argument.getOwner() == &layers.getBody().front();
    result.replaceAllUsesWith(through ? layers.getInits()[argument.getArgNumber() - 1] : yielded[number]);
  }
  layers.erase();
}

// Slices, stacked results and the layer's number mean something only in a loop.
static bool canRunOnce(LayersOp layers) {
  return layers.getStacked().empty() && layers.getStackedResults().empty() && layers.getIndex().use_empty();
}

static Edits unwrapLayers(ModuleOp module) {
  Edits edits;
  module.walk([&](LayersOp layers) {
    if (canRunOnce(layers))
      edits.push_back([layers] { runOnce(layers); });
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
      {"run layers once", unwrapLayers, true},
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
