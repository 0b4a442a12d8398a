// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A scalar function becomes one that also returns its gradients.

#include "compiler/grad/Passes.h"
#include "compiler/grad/Reverse.h"
#include "dialects/tern/Shapes.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/grad/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct Differentiate : tern::impl::DifferentiateBase<Differentiate> {
  using DifferentiateBase::DifferentiateBase;
  void runOnOperation() override;
};
} // namespace

/// The arguments whose gradient is wanted.
static SmallVector<unsigned> wantedArguments(func::FuncOp function) {
  SmallVector<unsigned> trainable, floats;
  bool hasTable = false;
  for (unsigned index = 0; index < function.getNumArguments(); ++index) {
    auto row = function.getArgAttrOfType<ParameterAttr>(index, "tern.parameter");
    hasTable |= static_cast<bool>(row);
    if (row && row.getTrainable())
      trainable.push_back(index);
    if (isa<FloatType>(getElementTypeOrSelf(function.getArgument(index).getType())))
      floats.push_back(index);
  }
  return hasTable ? trainable : floats;
}

/// The loss comes first; what follows are new values of variables.
static LogicalResult checkLoss(func::FuncOp function) {
  bool isAlone = llvm::all_of(llvm::seq<unsigned>(1, std::max(1u, function.getNumResults())),
                              [&](unsigned index) { return function.getResultAttr(index, "tern.updates"); });
  auto type = isAlone && function.getNumResults() ? dyn_cast<RankedTensorType>(function.getResultTypes()[0]) : nullptr;
  if (type && type.getRank() == 0 && isa<FloatType>(type.getElementType()))
    return success();
  return function.emitOpError("to be differentiated returns one floating-point tensor of rank 0, the loss; found ")
         << function.getResultTypes();
}

static std::string nameOf(func::FuncOp function, unsigned index) {
  auto row = function.getArgAttrOfType<ParameterAttr>(index, "tern.parameter");
  return row ? "parameter \"" + row.getName().str() + "\"" : "argument #" + std::to_string(index);
}

static LogicalResult differentiate(func::FuncOp function, Remat remat, Remarks &remarks) {
  if (failed(checkLoss(function)))
    return failure();
  Block &block = function.getBody().front();
  Operation *terminator = block.getTerminator();
  SmallVector<unsigned> wanted = wantedArguments(function);
  SmallVector<Value> arguments(llvm::map_range(wanted, [&](unsigned index) { return function.getArgument(index); }));
  Activity activity(block, arguments);
  Reverse reverse(activity, remat, remarks);
  OpBuilder b(terminator);
  Value loss = terminator->getOperand(0);
  auto element = cast<FloatType>(elementOf(loss.getType()));
  Value one = arith::ConstantOp::create(b, loss.getLoc(), DenseElementsAttr::get(cast<ShapedType>(loss.getType()),
                                                                                 b.getFloatAttr(element, 1.0).getValue()));
  reverse.accumulate(b, loss, one);
  if (failed(reverse.run(block, b)))
    return failure();
  for (unsigned index : wanted) {
    Value argument = function.getArgument(index), cotangent = reverse.cotangent(argument);
    if (!cotangent) {
      remarks.missed(argument.getLoc(), nameOf(function, index) + " does not reach the loss: its gradient is zero");
      cotangent = arith::ConstantOp::create(b, argument.getLoc(), cast<TypedAttr>(b.getZeroAttr(argument.getType())));
    }
    terminator->insertOperands(terminator->getNumOperands(), cotangent);
    DictionaryAttr attributes = b.getDictionaryAttr(b.getNamedAttr("tern.gradient", b.getI64IntegerAttr(index)));
    (void)function.insertResult(function.getNumResults(), argument.getType(), attributes);
  }
  function->removeAttr("tern.differentiate");
  return success();
}

void Differentiate::runOnOperation() {
  auto kept = llvm::StringSwitch<std::optional<Remat>>(remat)
                  .Case("none", Remat::none)
                  .Case("selective", Remat::selective)
                  .Case("layer", Remat::layer)
                  .Default(std::nullopt);
  if (!kept) {
    getOperation().emitError("remat '") << remat << "' is not supported; choose none, selective or layer";
    return signalPassFailure();
  }
  Remarks remarks(*this, "differentiated", "not differentiated");
  for (auto function : getOperation().getOps<func::FuncOp>())
    if (function->hasAttr("tern.differentiate") && failed(differentiate(function, *kept, remarks)))
      signalPassFailure();
}
