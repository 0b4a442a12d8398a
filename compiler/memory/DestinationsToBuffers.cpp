// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entries take memrefs and return nothing: results are written into the memory of the variable or output that they are.
// Says where values go; that they are computed there is the work of bufferization, which follows.

#include "compiler/memory/Passes.h"

#include "compiler/memory/MemoryUtils.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "llvm/ADT/StringSet.h"

namespace tern {
#define GEN_PASS_DEF_DESTINATIONSTOBUFFERS
#include "compiler/memory/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

// The operand whose buffer the value is computed in, or null.
static OpOperand *tiedOperand(Value value) {
  auto result = dyn_cast<OpResult>(value);
  if (!result)
    return nullptr;
  Operation *op = result.getOwner();
  if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op))
    return destinationStyle.getTiedOpOperand(result);
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return &insert.getDestMutable();
  if (auto insert = dyn_cast<tensor::InsertOp>(op))
    return &insert.getDestMutable();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return loop.getTiedLoopInit(result);
  return nullptr;
}

// True when `value` is `origin` with parts overwritten.
static bool isUpdateOf(Value value, Value origin) {
  while (value != origin) {
    OpOperand *operand = tiedOperand(value);
    if (!operand)
      return false;
    value = operand->get();
  }
  return true;
}

// Adds to `origins` the values whose buffers `value` may share.
static void collectOrigins(Value value, DenseSet<Value> &origins) {
  if (!origins.insert(value).second)
    return;
  if (OpOperand *operand = tiedOperand(value))
    return collectOrigins(operand->get(), origins);
  Operation *op = value.getDefiningOp();
  if (!op)
    return;
  unsigned index = cast<OpResult>(value).getResultNumber();
  if (isa<tensor::ExtractSliceOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp, tensor::ReshapeOp>(
          op))
    return collectOrigins(op->getOperand(0), origins);
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    collectOrigins(select.getTrueValue(), origins);
    return collectOrigins(select.getFalseValue(), origins);
  }
  if (auto branch = dyn_cast<scf::IfOp>(op))
    for (Region *region : {&branch.getThenRegion(), &branch.getElseRegion()})
      collectOrigins(region->front().getTerminator()->getOperand(index), origins);
}

// `value`, or a copy of it when its buffer may be that of another destination, which may be overwritten first.
static Value apartFrom(OpBuilder &builder, Location location, Value value, ArrayRef<Value> others) {
  DenseSet<Value> origins;
  collectOrigins(value, origins);
  if (llvm::none_of(others, [&](Value other) { return origins.contains(other); }))
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  return bufferization::AllocTensorOp::create(builder, location, type, ValueRange(), value);
}

static SmallVector<Value> allBut(ArrayRef<Value> values, Value one) {
  return llvm::to_vector(llvm::make_filter_range(values, [&](Value value) { return value != one; }));
}

// Between a reshape's result and its source: the destination of the one seen as the destination of the other.
static Value reshapeDestination(OpBuilder &builder, Operation *reshape, Value destination) {
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(reshape))
    return tensor::CollapseShapeOp::create(builder, expand.getLoc(), expand.getSrcType(), destination,
                                           expand.getReassociationIndices());
  auto collapse = cast<tensor::CollapseShapeOp>(reshape);
  return tensor::ExpandShapeOp::create(builder, collapse.getLoc(), collapse.getSrcType(), destination,
                                       collapse.getReassociationIndices());
}

// Where `value` grows out of an empty tensor, lets it grow out of `destination` instead.
static void growInto(OpBuilder &builder, Value value, Value destination) {
  OpOperand *last = nullptr;
  SmallVector<Operation *> reshapes; // between the value and the last operand that ties it
  SmallVector<Operation *> pending;  // seen since then
  while (true) {
    if (value.getDefiningOp<tensor::EmptyOp>())
      break;
    if (Operation *op = value.getDefiningOp(); isa_and_present<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op)) {
      pending.push_back(op);
      value = op->getOperand(0);
      continue;
    }
    last = tiedOperand(value);
    if (!last)
      return;
    reshapes.append(pending);
    pending.clear();
    value = last->get();
  }
  if (!last)
    return;
  for (Operation *reshape : reshapes)
    destination = reshapeDestination(builder, reshape, destination);
  last->set(destination);
}

// A loop keeps what it carries where it was: otherwise every iteration would have to make a new buffer.
static void settleCarriedValues(scf::ForOp loop) {
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  OpBuilder builder(yield);
  SmallVector<Value> carried(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().end());
  for (auto [argument, operand] : llvm::zip_equal(carried, yield->getOpOperands())) {
    if (!isa<RankedTensorType>(argument.getType()) || isUpdateOf(operand.get(), argument))
      continue;
    builder.setInsertionPointToStart(loop.getBody());
    growInto(builder, operand.get(), argument);
    builder.setInsertionPoint(yield);
    Location location = operand.get().getLoc();
    Value value = apartFrom(builder, location, operand.get(), allBut(carried, argument));
    operand.set(linalg::CopyOp::create(builder, location, value, argument).getResult(0));
  }
}

namespace {

// One entry on its way from tensors to memrefs.
class Entry {
public:
  explicit Entry(func::FuncOp function) : function(function), builder(function.getContext()) {}

  LogicalResult rewrite() {
    if (failed(check()))
      return failure();
    for (unsigned index = 0, count = function.getNumArguments(); index < count; ++index)
      readArgument(index);
    auto terminator = cast<func::ReturnOp>(function.front().getTerminator());
    SmallVector<Value> destinations;
    for (unsigned index = 0, count = terminator.getNumOperands(); index < count; ++index)
      destinations.push_back(destinationOf(index));
    for (auto [index, destination] : llvm::enumerate(destinations))
      writeResult(terminator, terminator.getOperand(index), destination, allBut(destinations, destination));
    function.walk(settleCarriedValues);
    builder.setInsertionPoint(terminator);
    func::ReturnOp::create(builder, terminator.getLoc());
    terminator.erase();
    function.setType(builder.getFunctionType(function.front().getArgumentTypes(), {}));
    function.setAllArgAttrs(argumentAttributes);
    function.setAllResultAttrs(ArrayRef<DictionaryAttr>{});
    return success();
  }

private:
  LogicalResult check() {
    if (!function.getBody().hasOneBlock())
      return function.emitOpError("is an entry and must be one block");
    auto isStatic = [](Type type) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      return tensor && tensor.hasStaticShape();
    };
    for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
      if (!isStatic(type))
        return function.emitOpError() << "argument #" << index << " must be a tensor of static shape, but is " << type;
    llvm::StringSet<> updated;
    for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
      if (!isStatic(type))
        return function.emitOpError() << "result #" << index << " must be a tensor of static shape, but is " << type;
      auto variable = function.getResultAttrOfType<StringAttr>(index, updatesName);
      if (!variable && !function.getResultAttrOfType<StringAttr>(index, roleName))
        return function.emitOpError() << "result #" << index << " has neither `" << updatesName << "` nor `" << roleName
                                      << "`: nobody would receive it";
      if (variable && !updated.insert(variable).second)
        return function.emitOpError() << "updates " << variable << " twice";
    }
    return success();
  }

  bool isUpdated(StringAttr variable) {
    for (unsigned index = 0; index < function.getNumResults(); ++index)
      if (variable && function.getResultAttrOfType<StringAttr>(index, updatesName) == variable)
        return true;
    return false;
  }

  // The argument becomes a memref. Only a variable that this entry updates may be overwritten.
  void readArgument(unsigned index) {
    BlockArgument argument = function.getArgument(index);
    auto type = cast<RankedTensorType>(argument.getType());
    DictionaryAttr attributes = function.getArgAttrDict(index);
    argumentAttributes.push_back(attributes ? attributes : builder.getDictionaryAttr({}));
    auto variable = function.getArgAttrOfType<StringAttr>(index, variableName);
    argument.setType(MemRefType::get(type.getShape(), type.getElementType()));
    Value tensor = view(argument, type, isUpdated(variable));
    argument.replaceAllUsesExcept(tensor, tensor.getDefiningOp());
    if (variable)
      variables[variable] = tensor;
  }

  void writeResult(func::ReturnOp terminator, Value value, Value destination, ArrayRef<Value> others) {
    if (value == destination)
      return;
    builder.setInsertionPointAfterValue(destination);
    growInto(builder, value, destination);
    // Copies stand before the first write: a write is to memory, and no tensor remembers what was there.
    builder.setInsertionPoint(firstWrite ? firstWrite : terminator);
    value = apartFrom(builder, terminator.getLoc(), value, others);
    builder.setInsertionPoint(terminator);
    Value memory = destination.getDefiningOp<bufferization::ToTensorOp>().getBuffer();
    auto write =
        bufferization::MaterializeInDestinationOp::create(builder, terminator.getLoc(), TypeRange(), value, memory);
    write.setWritable(true);
    if (!firstWrite)
      firstWrite = write;
  }

  // The tensor on the memory that result `index` has to end in.
  Value destinationOf(unsigned index) {
    auto variable = function.getResultAttrOfType<StringAttr>(index, updatesName);
    if (variable && variables.contains(variable))
      return variables[variable];
    auto type = cast<RankedTensorType>(function.getResultTypes()[index]);
    SmallVector<NamedAttribute> attributes;
    if (variable)
      attributes.push_back(builder.getNamedAttr(variableName, variable));
    for (NamedAttribute attribute : function.getResultAttrs(index))
      if (attribute.getName() != updatesName)
        attributes.push_back(attribute);
    if (!variable)
      attributes.push_back(builder.getNamedAttr(outputName, builder.getUnitAttr()));
    argumentAttributes.push_back(builder.getDictionaryAttr(attributes));
    Value argument =
        function.front().addArgument(MemRefType::get(type.getShape(), type.getElementType()), function.getLoc());
    return view(argument, type, /*writable=*/true);
  }

  Value view(Value memory, RankedTensorType type, bool writable) {
    builder.setInsertionPointToStart(&function.front());
    return bufferization::ToTensorOp::create(builder, function.getLoc(), type, memory, /*restrict=*/true, writable);
  }

  func::FuncOp function;
  OpBuilder builder;
  SmallVector<DictionaryAttr> argumentAttributes;
  DenseMap<StringAttr, Value> variables; // as tensors
  Operation *firstWrite = nullptr;       // of a result to its memory
};

struct DestinationsToBuffers : tern::impl::DestinationsToBuffersBase<DestinationsToBuffers> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (isEntry(function) && failed(Entry(function).rewrite()))
        signalPassFailure();
  }
};

} // namespace
