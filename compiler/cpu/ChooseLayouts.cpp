// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which parameters lie packed in memory. A parameter has one place for all entries, so all of its uses decide together.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/PackedWeights.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/StreamPlan.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"

namespace tern {
#define GEN_PASS_DEF_CHOOSELAYOUTS
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

// A parameter in all functions that hold it, and what becomes of it.
struct Weight {
  SmallVector<BlockArgument> arguments;
  SmallVector<ContractOp> products; // that it is B of
  Operation *otherUse = nullptr;    // something that reads it as it is
  StringRef trained;                // why it changes while the program runs, or nothing
  func::FuncOp init;                // writes its first value as result
  unsigned result = 0;
};

} // namespace

static func::FuncOp functionOf(BlockArgument argument) { return cast<func::FuncOp>(argument.getOwner()->getParentOp()); }

// One whole matrix of a stack.
static bool isLayer(tensor::ExtractSliceOp slice) {
  RankedTensorType source = slice.getSourceType();
  if (source.getRank() != 3 || !slice.hasUnitStride() || ShapedType::isDynamic(slice.getStaticSizes()[0]))
    return false;
  auto at = slice.getMixedOffsets();
  return slice.getStaticSizes()[0] == 1 && slice.getStaticSizes().drop_front() == source.getShape().drop_front() &&
         isConstantIntValue(at[1], 0) && isConstantIntValue(at[2], 0);
}

// (1, K, N) to (K, N).
static bool dropsLayer(tensor::CollapseShapeOp reshape) {
  RankedTensorType source = reshape.getSrcType();
  return source.getRank() == 3 && source.getDimSize(0) == 1 &&
         reshape.getResultType().getShape() == source.getShape().drop_front();
}

static void collectUses(Value value, Weight &weight) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    auto slice = dyn_cast<tensor::ExtractSliceOp>(user);
    auto reshape = dyn_cast<tensor::CollapseShapeOp>(user);
    auto product = dyn_cast<ContractOp>(user);
    if ((slice && isLayer(slice)) || (reshape && dropsLayer(reshape)))
      collectUses(user->getResult(0), weight);
    else if (product && use.getOperandNumber() == 1)
      weight.products.push_back(product);
    else
      weight.otherUse = user;
  }
}

// What nobody asks for any more, and what only it asked for.
static void eraseDead(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !isOpTriviallyDead(op))
    return;
  SmallVector<Value> operands(op->getOperands());
  op->erase();
  for (Value operand : operands)
    eraseDead(operand);
}

namespace {

class Chooser {
public:
  Chooser(ModuleOp module, const Machine &machine, SplitProducts split, tern::Remarks &remarks)
      : module(module), builder(module.getContext()), machine(machine), split(split), remarks(remarks) {}

  void run() {
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isExternal())
        collect(function);
    SmallVector<PackedVariable> packed;
    for (auto &[variable, weight] : weights) {
      if (weight.products.empty())
        continue;
      Location location = weight.arguments.front().getLoc();
      std::string name = "'" + variable.getValue().split(':').second.str() + "' ";
      if (std::string why = whyNot(weight); !why.empty()) {
        remarks.missed(location, name + why);
        continue;
      }
      packed.push_back(describe(variable, weight));
      pack(weight, packed.back());
      remarks.passed(location, name + "as " + text(packed.back()));
    }
    addLoadEntries(packed);
  }

private:
  void collect(func::FuncOp function) {
    for (BlockArgument argument : function.getArguments()) {
      auto variable = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "tern.variable");
      if (!variable)
        continue;
      noteTraining(variable);
      if (!variable.getValue().starts_with("parameter:"))
        continue;
      Weight &weight = weights[variable];
      weight.arguments.push_back(argument);
      collectUses(argument, weight);
    }
    for (unsigned index = 0; index < function.getNumResults(); ++index)
      if (auto variable = function.getResultAttrOfType<StringAttr>(index, "tern.updates"))
        noteUpdate(function, variable, index);
  }

  void noteTraining(StringAttr variable) {
    StringRef name = variable;
    if (name.consume_front("gradient:"))
      weights[builder.getStringAttr("parameter:" + name)].trained = "is trained";
  }

  void noteUpdate(func::FuncOp function, StringAttr variable, unsigned result) {
    noteTraining(variable);
    if (!variable.getValue().starts_with("parameter:"))
      return;
    Weight &weight = weights[variable];
    bool holdsIt = llvm::any_of(weight.arguments, [&](BlockArgument each) { return functionOf(each) == function; });
    if (function.getName() != "init" || !holdsIt)
      weight.trained = "is updated";
    weight.init = function;
    weight.result = result;
  }

  // Why it stays as it is, or nothing.
  std::string whyNot(const Weight &weight) {
    if (!weight.trained.empty())
      return weight.trained.str();
    if (weight.otherUse)
      return ("is read by " + weight.otherUse->getName().getStringRef() + " too").str();
    for (ContractOp product : weight.products)
      if (product.getBlocks() || product.getSumType().isInteger())
        return product.getBlocks() ? "is made of blocks" : "holds bytes, which its products lay out themselves";
    PackedWeight first = packedWeight(weight.products.front(), machine, split);
    for (ContractOp product : weight.products) {
      if (product.getM() <= mostStreamedRows)
        return ("streams through a product of " + Twine(product.getM()) + (product.getM() == 1 ? " row" : " rows")).str();
      if (packedWeight(product, machine, split) != first)
        return "is read by products in different forms";
    }
    if (first.inParts)
      return "is multiplied as a sum of parts in bf16";
    return whyTooLarge(cast<RankedTensorType>(weight.arguments.front().getType()), first);
  }

  // Panels are padded: that may cost a quarter at most.
  static std::string whyTooLarge(RankedTensorType canonical, const PackedWeight &form) {
    auto bytes = [](RankedTensorType type) { return type.getNumElements() * type.getElementTypeBitWidth() / 8; };
    auto encoded = RankedTensorType::get(canonical.getShape(), form.element, form.layout);
    int64_t before = bytes(canonical), after = bytes(form.layout.getPhysicalType(encoded));
    if (after <= before + before / 4)
      return "";
    return ("would take " + Twine(after) + " bytes in panels instead of " + Twine(before)).str();
  }

  PackedVariable describe(StringAttr variable, const Weight &weight) {
    BlockArgument argument = weight.arguments.front();
    auto canonical = cast<RankedTensorType>(argument.getType());
    PackedWeight form = packedWeight(weight.products.front(), machine, split);
    auto packed = RankedTensorType::get(canonical.getShape(), form.element, form.layout);
    Attribute parameter;
    for (BlockArgument each : weight.arguments)
      if (Attribute found = functionOf(each).getArgAttr(each.getArgNumber(), "tern.parameter"))
        parameter = found;
    return {variable, parameter, canonical, packed, form, argument.getLoc()};
  }

  static std::string text(const PackedVariable &weight) {
    std::string words;
    llvm::raw_string_ostream stream(words);
    stream << weight.form.layout.getPhysicalType(weight.packed);
    return words;
  }

  void pack(Weight &weight, const PackedVariable &packed) {
    for (BlockArgument argument : weight.arguments) {
      argument.setType(packed.packed);
      functionOf(argument).setArgAttr(argument.getArgNumber(), "tern.canonical", TypeAttr::get(packed.canonical));
    }
    for (ContractOp product : weight.products)
      readPacked(product, packed);
    if (weight.init)
      packFirstValue(weight, packed);
    for (BlockArgument argument : weight.arguments)
      updateType(functionOf(argument));
  }

  // The product takes its layer out of the packed stack.
  void readPacked(ContractOp product, const PackedVariable &weight) {
    Type compute = product.getComputeType();
    Value b = product.getB();
    Operation *reshape = b.getDefiningOp<tensor::CollapseShapeOp>();
    auto slice = (reshape ? reshape->getOperand(0) : b).getDefiningOp<tensor::ExtractSliceOp>();
    if (slice) {
      builder.setInsertionPoint(slice);
      auto type = RankedTensorType::get(weight.packed.getShape().drop_front(), weight.packed.getElementType(), weight.form.layout);
      Value layer = tensor::ExtractSliceOp::create(builder, slice.getLoc(), type, slice.getSource(), slice.getMixedOffsets(),
                                                   slice.getMixedSizes(), slice.getMixedStrides());
      product.getBMutable().assign(layer);
      for (Operation *old : {reshape, slice.getOperation()})
        if (old && old->use_empty())
          old->erase();
    }
    product.setLayoutBAttr(weight.form.layout);
    if (product.getComputeType() != compute)
      product.setCompute(compute);
  }

  void packFirstValue(Weight &weight, const PackedVariable &packed) {
    Value storage = *llvm::find_if(weight.arguments, [&](BlockArgument each) { return functionOf(each) == weight.init; });
    auto terminator = cast<func::ReturnOp>(weight.init.front().getTerminator());
    builder.setInsertionPoint(terminator);
    Value whole = terminator.getOperand(weight.result), first = packInitial(builder, packed, whole, storage);
    terminator.getOperandsMutable().slice(weight.result, 1).assign(first);
    eraseDead(whole);
  }

  void updateType(func::FuncOp function) {
    auto terminator = cast<func::ReturnOp>(function.front().getTerminator());
    function.setType(builder.getFunctionType(function.front().getArgumentTypes(), terminator.getOperandTypes()));
  }

  void addLoadEntries(ArrayRef<PackedVariable> packed) {
    llvm::MapVector<Type, int64_t> staging;
    for (const PackedVariable &weight : packed) {
      int64_t &most = staging[weight.canonical.getElementType()];
      most = std::max(most, weight.layerElements());
    }
    builder.setInsertionPointToEnd(module.getBody());
    for (const PackedVariable &weight : packed)
      makeLoadEntry(builder, weight, staging[weight.canonical.getElementType()]);
  }

  ModuleOp module;
  OpBuilder builder;
  const Machine &machine;
  SplitProducts split;
  tern::Remarks &remarks;
  llvm::MapVector<StringAttr, Weight> weights;
};

struct ChooseLayouts : tern::impl::ChooseLayoutsBase<ChooseLayouts> {
  using ChooseLayoutsBase::ChooseLayoutsBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    tern::Remarks remarks(*this, "packed", "not packed");
    Chooser(getOperation(), *machine, splitProducts(f32, *machine), remarks).run();
  }
};

} // namespace
