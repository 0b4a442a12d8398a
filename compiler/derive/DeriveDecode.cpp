// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// @prefill and @decode, which see a sequence in pieces, from copies of @forward. Ops say themselves what a step of theirs needs;
// here they get it:
//
//   a = attention q, k, v causal          ->  ks = cache_write ks0, k position p count n      vs likewise
//                                             a = attention q, ks, vs causal position(p)
//   layers (h = x) { a; yield h' }        ->  layers (h = x) stacked (ks0 = KS) { ks; a; yield h', ks }     (L, B, S, C)
//   ys = scan (h = h0) over (x = xs)      ->  ys, end = scan (h = h0 at position 0, else H) over (x = xs) lengths(n)    H = end
//   logits = linear norm x                ->  logits = linear norm last_row x count n
//
// An encoder-decoder reads its source once, in @encode: what its decoder takes from it lasts as well.
//
//   m = f source;  y = attention g tokens, m, m     ->  @encode: M = cache_write f source        the others: y = attention .., M, M

#include "compiler/derive/DecodeStep.h"
#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/DropUnread.h"
#include "compiler/derive/ForkSlots.h"
#include "compiler/derive/Passes.h"
#include "compiler/derive/SequenceAnalysis.h"
#include "compiler/derive/SourceMemory.h"
#include "dialects/tern/Shapes.h"

#include "mlir/AsmParser/AsmParser.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_DERIVEDECODE
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct DeriveDecode : tern::impl::DeriveDecodeBase<DeriveDecode> {
  using DeriveDecodeBase::DeriveDecodeBase;
  void runOnOperation() override;

private:
  LogicalResult derive(func::FuncOp function, int64_t tokens, Type kept);
  /// What caches hold; null: elements as they are computed.
  FailureOr<Type> readCache();
};

} // namespace

/// Another number of tokens in the attributes and the results of an op.
static void resizeOp(Operation *op, const SequenceDims &dims, int64_t tokens) {
  if (auto sequential = dyn_cast<Sequential>(op); sequential && isAlongSequence(op, dims))
    sequential.resizeSequence(dims, tokens);
  for (Value result : op->getResults())
    if (dims.of(result))
      result.setType(withShape(result.getType(), dims.resized(result, tokens)));
}

static void updateSignature(func::FuncOp function) {
  Block &body = function.getBody().front();
  function.setType(FunctionType::get(function.getContext(), body.getArgumentTypes(), body.getTerminator()->getOperandTypes()));
}

static void resize(func::FuncOp function, const SequenceDims &dims, int64_t tokens) {
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Region &region : op->getRegions())
      for (BlockArgument argument : region.getArguments())
        if (dims.of(argument))
          argument.setType(withShape(argument.getType(), dims.resized(argument, tokens)));
    resizeOp(op, dims, tokens);
  });
  updateSignature(function);
}

/// The one operand along the sequence of an op with one result, or null.
static OpOperand *onlyOperandAlong(Operation *op, const SequenceDims &dims) {
  OpOperand *only = nullptr;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!dims.of(operand.get()))
      continue;
    if (only)
      return nullptr;
    only = &operand;
  }
  return op->getNumResults() == 1 ? only : nullptr;
}

/// Logits are wanted for the last token that is there: from the last point on where tokens are rows of one matrix, everything
/// is computed for that one alone.
static LogicalResult keepLastRow(func::FuncOp function, int64_t batch, SequenceDims &dims, DecodeStep &step) {
  auto areTokens = [&](Value value) {
    ArrayRef<int64_t> shape = shapeOf(value.getType());
    return dims.of(value) == 1 && shape.size() == 3 && shape[0] == batch && shape[1] == dims.length();
  };
  OpOperand *use = &function.getBody().front().getTerminator()->getOpOperand(0), *reader = areTokens(use->get()) ? use : nullptr;
  SmallVector<Operation *> behind, passed; // ops behind the reader's operand, and those that were passed since
  while (Operation *op = use->get().getDefiningOp()) {
    use = isPositionwise(op) && use->get().hasOneUse() ? onlyOperandAlong(op, dims) : nullptr;
    if (!use)
      break;
    passed.push_back(op);
    if (!areTokens(use->get()))
      continue;
    reader = use;
    behind.append(passed);
    passed.clear();
  }
  if (!reader)
    return function.emitOpError("returns ") << function.getResultTypes().front() << ", not one row of logits per token";
  OpBuilder b(function.getContext());
  b.setInsertionPointAfterValue(reader->get());
  reader->set(LastRowOp::create(b, reader->get().getLoc(), reader->get(), step.count()));
  dims.set(reader->get(), 1);
  for (Operation *op : behind)
    resizeOp(op, dims, 1);
  updateSignature(function);
  return success();
}

/// The batch is that of the logits.
static LogicalResult checkLogits(func::FuncOp function) {
  auto logits = function.getNumResults() ? dyn_cast<RankedTensorType>(function.getResultTypes().front()) : RankedTensorType();
  if (logits && logits.getRank() > 0)
    return success();
  return function.emitOpError("returns ") << function.getResultTypes() << ", expected the logits first, one row per token";
}

FailureOr<Type> DeriveDecode::readCache() {
  if (cache.empty())
    return Type();
  Type type;
  {
    ScopedDiagnosticHandler quiet(&getContext(), [](Diagnostic &) { return success(); }); // the error below says more
    type = parseType(cache, &getContext());
  }
  if (auto real = dyn_cast_or_null<FloatType>(type); real && real.getWidth() <= 32)
    return type;
  return getOperation().emitError("cache '") << cache << "' is no floating-point type of 32 bits or less; choose bf16, f16 or "
                                                         "f32, or leave it empty";
}

/// What a function keeps of its source, and nothing else.
static LogicalResult encode(func::FuncOp function, const SourceMemory &memory, DecodeStep &step) {
  if (memory.values().empty())
    return function.emitOpError("computes nothing from its source that its tokens look at; --objective=causal-lm is for such models");
  unsigned results = function.getNumResults();
  if (failed(step.remember(memory.values())))
    return failure();
  BitVector old(function.getNumResults());
  old.set(0, results);
  function.getBody().front().getTerminator()->eraseOperands(old);
  (void)function.eraseResults(old);
  dropUnread(function);
  return success();
}

/// What was kept of the source, where it would be computed again.
static LogicalResult recall(func::FuncOp function, const SourceMemory &memory, DecodeStep &step) {
  for (Value value : memory.values()) {
    Value kept = step.recall(value);
    if (!kept)
      return failure();
    memory.replace(value, kept);
  }
  if (!memory.values().empty())
    dropUnread(function);
  return success();
}

LogicalResult DeriveDecode::derive(func::FuncOp function, int64_t tokens, Type kept) {
  FailureOr<SequenceDims> dims = followSequence(function);
  if (failed(dims) || failed(checkLogits(function)))
    return failure();
  int64_t batch = shapeOf(function.getResultTypes().front()).front();
  DecodeStep step(function, batch, slots, context, kept);
  SourceMemory memory(function, *dims);
  if (tokens == 0)
    return encode(function, memory, step);
  // Repeats that lost a value are new, and not known to `dims`.
  if (failed(recall(function, memory, step)) || failed(dims = followSequence(function)))
    return failure();
  SmallVector<Sequential> ops;
  function.walk([&](Sequential op) {
    if (isAlongSequence(op, *dims))
      ops.push_back(op);
  });
  if (tokens != dims->length())
    resize(function, *dims, tokens);
  else if (failed(keepLastRow(function, batch, *dims, step)))
    return failure();
  if (int64_t most = slots; batch != 1 && batch != most)
    return function.emitOpError("works on ") << batch << " sequences at a time, expected 1 or the number of slots, " << most;
  // Repeats are replaced from here on, so that `dims` is not asked any more.
  for (Sequential op : ops)
    if (failed(op.buildStep(step)))
      return failure();
  return success();
}

void DeriveDecode::runOnOperation() {
  FailureOr<Type> kept = readCache();
  if (failed(kept))
    return signalPassFailure();
  for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
    auto tokens = function->getAttrOfType<IntegerAttr>("tern.tokens");
    if (!tokens)
      continue;
    if (failed(derive(function, tokens.getInt(), *kept)))
      return signalPassFailure();
    function->removeAttr("tern.tokens");
    if (auto entry = function->getAttrOfType<StringAttr>("tern.entry"); entry && entry == "decode" && slots > 1)
      deriveFork(function);
    getOperation()->setAttr("tern.context", Builder(&getContext()).getI64IntegerAttr(context));
  }
}
