// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// @loss and @grad from @forward and the objective, and the copies of @forward that generation starts from.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Passes.h"
#include "dialects/tern/Shapes.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_DERIVEOBJECTIVE
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct DeriveObjective : tern::impl::DeriveObjectiveBase<DeriveObjective> {
  using DeriveObjectiveBase::DeriveObjectiveBase;
  void runOnOperation() override;

private:
  LogicalResult derive(ModuleOp module);
};
} // namespace

/// The number of the argument with a role, or nullopt.
static std::optional<unsigned> argumentWithRole(func::FuncOp function, StringRef role) {
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (auto attribute = function.getArgAttrOfType<StringAttr>(index, "tern.role"); attribute && attribute.getValue() == role)
      return index;
  return std::nullopt;
}

static func::FuncOp cloneAs(func::FuncOp function, StringRef name) {
  OpBuilder b(function->getContext());
  b.setInsertionPointAfter(function);
  auto copy = cast<func::FuncOp>(b.clone(*function));
  copy.setName(name);
  return copy;
}

static void setResultRole(func::FuncOp function, StringRef role) {
  function.setResultAttr(0, "tern.role", StringAttr::get(function.getContext(), role));
}

static void setEntry(func::FuncOp function, StringRef name) {
  function->setAttr("tern.entry", StringAttr::get(function.getContext(), name));
}

/// loss = cross_entropy(forward(tokens), targets)
static FailureOr<func::FuncOp> deriveCausalLoss(func::FuncOp forward) {
  std::optional<unsigned> tokens = argumentWithRole(forward, "tokens");
  if (!tokens)
    return forward.emitOpError("has no argument with tern.role = \"tokens\", which --objective=causal-lm needs");
  Type logits = forward.getResultTypes().front(), ids = forward.getArgument(*tokens).getType();
  if (shapeOf(logits).size() != shapeOf(ids).size() + 1)
    return forward.emitOpError("returns ") << logits << "; --objective=causal-lm needs one row of logits per token of " << ids;
  func::FuncOp loss = cloneAs(forward, "loss");
  Attribute dims = loss.getArgAttr(*tokens, "tern.dims");
  BlockArgument targets = appendArgument(loss, ids, "tern.role", "targets");
  if (dims)
    loss.setArgAttr(targets.getArgNumber(), "tern.dims", dims);
  auto terminator = cast<func::ReturnOp>(loss.getBody().front().getTerminator());
  OpBuilder b(terminator);
  Value value = CrossEntropyOp::create(b, terminator.getLoc(), terminator.getOperand(0), targets);
  terminator->setOperands(value);
  loss.setType(FunctionType::get(loss.getContext(), loss.getArgumentTypes(), value.getType()));
  return loss;
}

/// A copy of @forward that sees `tokens` tokens of each sequence. Until `derive-decode` has made it that, it sees a whole chunk.
static void copyForPieces(func::FuncOp forward, StringRef name, int64_t sequences, int64_t chunk, int64_t tokens) {
  Builder b(forward.getContext());
  func::FuncOp copy = cloneAs(forward, name);
  setEntry(copy, name);
  copy->setAttr("tern.batch", b.getI64IntegerAttr(sequences));
  copy->setAttr("tern.seq", b.getI64IntegerAttr(chunk));
  copy->setAttr("tern.tokens", b.getI64IntegerAttr(tokens));
}

LogicalResult DeriveObjective::derive(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  auto loss = module.lookupSymbol<func::FuncOp>("loss");
  if (objective != "causal-lm" && objective != "none")
    return module.emitError("objective '") << objective << "' is not supported; choose causal-lm, or none and write @loss";
  bool hasEntries = llvm::any_of(module.getOps<func::FuncOp>(), [](func::FuncOp function) {
    return function->hasAttr("tern.entry") || function->hasAttr("tern.test");
  });
  if (!forward && hasEntries) // a program of tests
    return success();
  if (!forward)
    return module.emitError("a model declares func.func @forward; none found");
  if (forward.getNumResults() < 1 || !isa<RankedTensorType>(forward.getResultTypes().front()))
    return forward.emitOpError("returns a tensor first: the logits or the prediction");
  if (loss && objective != "none")
    return loss.emitOpError("is the model's own objective; --objective=") << objective << " would replace it";

  bool hasTokens = argumentWithRole(forward, "tokens").has_value();
  if (objective == "causal-lm") {
    FailureOr<func::FuncOp> derived = deriveCausalLoss(forward);
    if (failed(derived))
      return failure();
    loss = *derived;
    // Generation runs one sequence.
    forward->setAttr("tern.batch", IntegerAttr::get(IntegerType::get(&getContext(), 64), 1));
  }
  setEntry(forward, "forward");
  setResultRole(forward, hasTokens ? "logits" : "prediction");
  if (objective == "causal-lm" && prefill > 0) {
    copyForPieces(forward, "decode", slots, prefill, 1);
    copyForPieces(forward, "prefill", 1, prefill, prefill);
  }
  module->setAttr("tern.objective", StringAttr::get(&getContext(), objective == "none" && loss ? "loss" : objective.getValue()));
  if (!loss)
    return success();
  setEntry(loss, "loss");
  setResultRole(loss, "loss");
  func::FuncOp grad = cloneAs(loss, "grad");
  setEntry(grad, "grad");
  grad->setAttr("tern.differentiate", UnitAttr::get(&getContext()));
  return success();
}

void DeriveObjective::runOnOperation() {
  if (failed(derive(getOperation())))
    signalPassFailure();
}
