// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// @loss and @grad from @forward and the objective, and the copies of @forward that generation starts from.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Objectives.h"
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

static bool reads(func::FuncOp function, StringRef input) {
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (auto role = function.getArgAttrOfType<StringAttr>(index, "tern.role"); role && role.getValue() == input)
      return true;
  return false;
}

/// Ids from here on are beyond a table that tokens are looked up in, or beyond the logits that are compared with them.
static std::optional<int64_t> vocabularyOf(func::FuncOp forward, bool tellsTokens) {
  std::optional<int64_t> smallest;
  auto bound = [&](int64_t rows) {
    if (!ShapedType::isDynamic(rows))
      smallest = std::min(smallest.value_or(rows), rows);
  };
  forward.walk([&](EmbeddingOp op) {
    auto argument = dyn_cast<BlockArgument>(op.getTokens());
    bool isOwn = argument && argument.getOwner() == &forward.getBody().front();
    auto role = isOwn ? forward.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "tern.role") : StringAttr();
    if (role && (role == "tokens" || role == "source"))
      bound(shapeOf(op.getTable().getType())[0]);
  });
  ArrayRef<int64_t> logits = shapeOf(forward.getResultTypes().front());
  if (!logits.empty() && (tellsTokens || (!smallest && reads(forward, "tokens"))))
    bound(logits.back());
  return smallest;
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

/// A copy of @forward that sees `tokens` tokens of each sequence; 0: only what else it reads. Until `derive-decode` has made it
/// that, it sees a whole chunk.
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
  const ObjectiveRule *rule = findObjective(objective);
  if (!rule && objective != "none")
    return module.emitError("objective '") << objective << "' is not supported; choose " << llvm::join(objectiveNames(), ", ")
                                           << ", or none and write @loss";
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

  if (rule) {
    loss = cloneAs(forward, "loss");
    if (failed(rule->complete(forward, loss)))
      return failure();
    if (rule->generates) // one sequence at a time
      forward->setAttr("tern.batch", IntegerAttr::get(IntegerType::get(&getContext(), 64), 1));
  }
  if (std::optional<int64_t> vocabulary = vocabularyOf(forward, rule && rule->tellsTokens))
    module->setAttr("tern.vocabulary", Builder(&getContext()).getI64IntegerAttr(*vocabulary));
  setEntry(forward, "forward");
  setResultRole(forward, rule ? StringRef(rule->result) : reads(forward, "tokens") ? "logits" : "prediction");
  if (rule && rule->generates && prefill > 0) {
    copyForPieces(forward, "decode", slots, prefill, 1);
    copyForPieces(forward, "prefill", 1, prefill, prefill);
    if (reads(forward, "source"))
      copyForPieces(forward, "encode", 1, prefill, 0);
  }
  module->setAttr("tern.objective", StringAttr::get(&getContext(), objective == "none" && loss ? "loss" : objective.getValue()));
  if (objective == "masked-lm" && forward.getNumResults() > 1)
    forward.setResultAttr(1, "tern.role", StringAttr::get(&getContext(), "next_sentence"));
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
