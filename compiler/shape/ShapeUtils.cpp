// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type inference over a whole function.

#include "compiler/shape/ShapeUtils.h"

#include "dialects/tern/Attrs.h"
#include "dialects/tern/Shapes.h"

using namespace mlir;

namespace tern {

static LogicalResult inferBlock(Block &block);

static LogicalResult inferLoop(Iterative op) {
  for (auto [argument, init] : llvm::zip_equal(op.getCarriedArguments(), op.getInits()))
    argument.setType(init.getType());
  for (auto [argument, stacked] : llvm::zip_equal(op.getSliceArguments(), op.getStacked()))
    argument.setType(op.getSliceType(stacked.getType()));
  if (failed(inferBlock(op->getRegion(0).front())))
    return failure();
  TypeRange yielded = op.getYield()->getOperandTypes();
  size_t carried = op.getInits().size();
  for (size_t i = 0; i < carried; ++i)
    if (yielded[i] != op.getInits()[i].getType())
      return op.getYield()->emitOpError("carried value ") << i << " enters a " << op.getIterationName() << " as "
                                                          << op.getInits()[i].getType() << " and leaves it as " << yielded[i];
  for (auto [number, result] : llvm::enumerate(op->getResults()))
    result.setType(number < carried ? yielded[number] : op.getStackType(yielded[number]));
  return success();
}

static func::FuncOp calleeOf(func::CallOp call) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr());
}

/// A call returns what the function returns, which is inferred already.
static void inferCall(func::CallOp call) {
  func::FuncOp callee = calleeOf(call);
  if (!callee || callee.getNumResults() != call.getNumResults())
    return; // the verifier says so
  for (auto [result, type] : llvm::zip_equal(call.getResults(), callee.getResultTypes()))
    result.setType(type);
}

static LogicalResult inferOp(Operation *op) {
  if (auto call = dyn_cast<func::CallOp>(op))
    inferCall(call);
  if (auto loop = dyn_cast<Iterative>(op))
    return inferLoop(loop);
  auto inferable = dyn_cast<InferTypeOpInterface>(op);
  if (!inferable)
    return success();
  SmallVector<Type> types;
  ScopedDiagnosticHandler story(op->getContext(), [op](Diagnostic &diagnostic) {
    diagnostic.attachNote(op->getLoc()) << "while inferring the type of '" << op->getName() << "'";
    return failure(); // goes on to the next handler
  });
  if (failed(inferable.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(), op->getAttrDictionary(),
                                        op->getPropertiesStorage(), op->getRegions(), types)))
    return failure();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
    result.setType(type);
  return success();
}

static LogicalResult inferBlock(Block &block) {
  bool failed = false;
  for (Operation &op : block)
    failed |= inferOp(&op).failed();
  return failure(failed);
}

LogicalResult inferTypes(func::FuncOp function) {
  if (function.isExternal())
    return success();
  Block &entry = function.getBody().front();
  if (failed(inferBlock(entry)))
    return failure();
  function.setType(FunctionType::get(function.getContext(), entry.getArgumentTypes(),
                                     entry.getTerminator()->getOperandTypes()));
  return success();
}

static void addBehindCallees(func::FuncOp function, SmallPtrSetImpl<Operation *> &seen, SmallVectorImpl<func::FuncOp> &order) {
  if (!seen.insert(function).second)
    return;
  function.walk([&](func::CallOp call) {
    if (func::FuncOp callee = calleeOf(call))
      addBehindCallees(callee, seen, order);
  });
  order.push_back(function);
}

SmallVector<func::FuncOp> calleesFirst(ModuleOp module) {
  SmallPtrSet<Operation *, 8> seen;
  SmallVector<func::FuncOp> order;
  for (auto function : module.getOps<func::FuncOp>())
    addBehindCallees(function, seen, order);
  return order;
}

} // namespace tern
