// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradient accumulation in @grad, and @update: clip and optimizer.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Passes.h"
#include "dialects/tern/Shapes.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_DERIVESTEP
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {

struct DeriveStep : tern::impl::DeriveStepBase<DeriveStep> {
  using DeriveStepBase::DeriveStepBase;
  void runOnOperation() override;
};

/// Builds @update argument by argument.
class UpdateBuilder {
public:
  UpdateBuilder(func::FuncOp grad, Type element);
  void adamw();
  void sgd();

private:
  Value scalar(StringRef role) { return appendArgument(update, RankedTensorType::get({}, element), "tern.role", role); }
  void addStorage(unsigned states);
  /// scale * clip factor; also returns the gradient norm from @update.
  Value clippedScale();
  Value decayOf(const Parameter &parameter) { return isMatrix(parameter) ? weightDecay : vectorDecay; }
  bool isMatrix(const Parameter &parameter);

  func::FuncOp grad, update;
  Type element;
  OpBuilder b;
  Location loc;
  SmallVector<Parameter> trainable;                             // of @grad
  SmallVector<Value> values, gradients;                         // one per trainable parameter
  SmallVector<SmallVector<Value>> states;                       // [state][parameter]
  Value weightDecay, vectorDecay;
};

} // namespace

static SmallVector<Parameter> trainableOf(func::FuncOp function) {
  SmallVector<Parameter> parameters = parametersOf(function);
  llvm::erase_if(parameters, [](const Parameter &parameter) { return !parameter.row.getTrainable(); });
  return parameters;
}

UpdateBuilder::UpdateBuilder(func::FuncOp grad, Type element)
    : grad(grad), element(element), b(grad), loc(grad.getLoc()), trainable(trainableOf(grad)) {
  b.setInsertionPointAfter(grad);
  update = func::FuncOp::create(b, loc, "update", b.getFunctionType({}, {}));
  update->setAttr("tern.entry", b.getStringAttr("update"));
  b.setInsertionPointToStart(update.addEntryBlock());
  b.setInsertionPoint(func::ReturnOp::create(b, loc));
}

/// Arguments for the parameters, their gradients and their optimizer states.
void UpdateBuilder::addStorage(unsigned stateCount) {
  auto storage = [&](StringRef kind, SmallVectorImpl<Value> &list) {
    for (const Parameter &parameter : trainable)
      list.push_back(appendArgument(update, grad.getArgument(parameter.index).getType(), "tern.variable",
                                    variableName(kind, parameter.row)));
  };
  storage("parameter", values);
  for (auto [parameter, value] : llvm::zip_equal(trainable, values))
    update.setArgAttr(cast<BlockArgument>(value).getArgNumber(), "tern.parameter", parameter.row);
  storage("gradient", gradients);
  states.resize(stateCount);
  for (unsigned state = 0; state < stateCount; ++state)
    storage("state" + std::to_string(state), states[state]);
}

bool UpdateBuilder::isMatrix(const Parameter &parameter) {
  size_t rank = shapeOf(grad.getArgument(parameter.index).getType()).size();
  return rank - (parameter.row.getLayers() > 0) >= 2;
}

Value UpdateBuilder::clippedScale() {
  Value clip = scalar("clip"), scale = scalar("scale");
  Value norm = GlobalNormOp::create(b, loc, gradients, scale);
  appendResult(update, norm, "tern.role", "grad_norm");
  return MulOp::create(b, loc, scale, ClipFactorOp::create(b, loc, norm, clip));
}

void UpdateBuilder::adamw() {
  Value rate = scalar("learning_rate"), beta1 = scalar("beta1"), beta2 = scalar("beta2"), epsilon = scalar("epsilon");
  weightDecay = scalar("weight_decay");
  vectorDecay = scalar("vector_decay");
  Value step = appendArgument(update, RankedTensorType::get({}, b.getI64Type()), "tern.role", "step");
  addStorage(2);
  Value scale = clippedScale();
  for (auto [number, parameter] : llvm::enumerate(trainable)) {
    auto op = AdamWOp::create(b, loc, values[number], gradients[number], states[0][number], states[1][number], rate, beta1,
                              beta2, epsilon, decayOf(parameter), scale, step);
    appendResult(update, op.getResult(0), "tern.updates", variableName("parameter", parameter.row));
    appendResult(update, op.getResult(1), "tern.updates", variableName("state0", parameter.row));
    appendResult(update, op.getResult(2), "tern.updates", variableName("state1", parameter.row));
  }
}

void UpdateBuilder::sgd() {
  Value rate = scalar("learning_rate"), momentum = scalar("momentum");
  weightDecay = scalar("weight_decay");
  vectorDecay = scalar("vector_decay");
  addStorage(1);
  Value scale = clippedScale();
  for (auto [number, parameter] : llvm::enumerate(trainable)) {
    auto op = SgdOp::create(b, loc, values[number], gradients[number], states[0][number], rate, momentum,
                            decayOf(parameter), scale);
    appendResult(update, op.getResult(0), "tern.updates", variableName("parameter", parameter.row));
    appendResult(update, op.getResult(1), "tern.updates", variableName("state0", parameter.row));
  }
}

/// @grad adds to, or overwrites, the stored gradients.
static void accumulateGradients(func::FuncOp grad) {
  Operation *terminator = grad.getBody().front().getTerminator();
  OpBuilder b(terminator);
  Value flag = appendArgument(grad, RankedTensorType::get({}, b.getI1Type()), "tern.role", "accumulate");
  for (unsigned number = 0; number < grad.getNumResults(); ++number) {
    auto index = grad.getResultAttrOfType<IntegerAttr>(number, "tern.gradient");
    if (!index)
      continue;
    auto row = grad.getArgAttrOfType<ParameterAttr>(index.getInt(), "tern.parameter");
    Value value = terminator->getOperand(number);
    std::string variable = variableName("gradient", row);
    Value old = appendArgument(grad, value.getType(), "tern.variable", variable);
    terminator->setOperand(number, AccumulateOp::create(b, value.getLoc(), old, value, flag));
    grad.removeResultAttr(number, b.getStringAttr("tern.gradient"));
    grad.setResultAttr(number, "tern.updates", b.getStringAttr(variable));
  }
}

void DeriveStep::runOnOperation() {
  ModuleOp module = getOperation();
  for (auto function : module.getOps<func::FuncOp>())
    nameVariables(function);
  bool known = optimizer == "adamw" || optimizer == "sgd" || optimizer == "none";
  if (!known) {
    module.emitError("optimizer '") << optimizer << "' is not supported; choose adamw, sgd or none";
    return signalPassFailure();
  }
  auto grad = module.lookupSymbol<func::FuncOp>("grad");
  if (!grad || trainableOf(grad).empty())
    return;
  Builder b(&getContext());
  accumulateGradients(grad);
  if (optimizer == "none")
    return;
  UpdateBuilder builder(grad, elementOf(grad.getResultTypes().front()));
  optimizer == "adamw" ? builder.adamw() : builder.sgd();
  module->setAttr("tern.optimizer", b.getStringAttr(optimizer.getValue()));
  module->setAttr("tern.states", optimizer == "adamw" ? b.getStrArrayAttr({"m", "v"}) : b.getStrArrayAttr({"momentum"}));
}
