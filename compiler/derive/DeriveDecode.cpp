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

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Passes.h"
#include "compiler/derive/SequenceAnalysis.h"
#include "dialects/tern/Shapes.h"

#include "mlir/AsmParser/AsmParser.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_DERIVEDECODE
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {

/// What lasts from call to call: (slots, rows, C), as the op that keeps it sees it, and the variable's name.
struct Storage {
  Value held;
  std::string variable;
};

/// One function that becomes a step. What lasts from call to call is an argument and a result, both with the variable's name.
class Step : public StepBuilder {
public:
  Step(func::FuncOp function, int64_t batch, int64_t slots, int64_t positions, Type kept)
      : function(function), batch(batch), slots(slots), positions(positions), kept(kept) {}

  Value position() override { return once(first, "position", {batch}); }
  Value count() override { return once(there, "count", {batch}); }
  int64_t context() const override { return positions; }
  Value cache(Operation *op, StringRef name, Value rows) override;
  Value state(Operation *op, StringRef name, Value start) override;
  void keep(Operation *op, Value state, Value end) override;

private:
  /// A variable for what `op` keeps.
  std::optional<Storage> open(Operation *op, StringRef name, int64_t rows, int64_t channels, Type element);
  /// Rows of the variable that are new. Returns all of it.
  Value write(OpBuilder &b, Location loc, const Storage &storage, Value rows, Value place, Value number);
  /// The part of a variable that the program works on.
  Value ofSlot(OpBuilder &b, Location loc, Value held) {
    return slot() ? CacheReadOp::create(b, loc, held, slot()).getResult() : held;
  }
  /// An argument that is made when it is asked for.
  Value once(Value &argument, StringRef role, ArrayRef<int64_t> shape) {
    if (!argument)
      argument = appendArgument(function, RankedTensorType::get(shape, IntegerType::get(function.getContext(), 32)),
                                "tern.role", role);
    return argument;
  }
  /// Which of the sequences of the cache a program works on that works on one, or null.
  Value slot() { return batch < slots ? once(which, "slot", {}) : Value(); }
  /// "cache:h.{i}.key", with a number where the name is taken.
  std::string variableOf(LayersOp layers, StringRef name);

  func::FuncOp function;
  int64_t batch, slots, positions;
  Type kept; // of the elements of caches; null: as they are computed
  Value first, there, which;
  llvm::StringSet<> variables;
  DenseMap<Value, Storage> states;
};

struct DeriveDecode : tern::impl::DeriveDecodeBase<DeriveDecode> {
  using DeriveDecodeBase::DeriveDecodeBase;
  void runOnOperation() override;

private:
  LogicalResult derive(func::FuncOp function, int64_t tokens, Type kept);
  /// What caches hold; null: elements as they are computed.
  FailureOr<Type> readCache();
};

} // namespace

static Value constant(OpBuilder &b, Location loc, ArrayRef<int64_t> shape, Type element, int64_t value) {
  auto type = RankedTensorType::get(shape, element);
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, b.getIntegerAttr(element, value)));
}

std::string Step::variableOf(LayersOp layers, StringRef name) {
  std::string scope = layers && layers.getScope() ? (*layers.getScope() + ".{i}.").str() : "", variable;
  unsigned number = 0;
  do
    variable = "cache:" + scope + name.str() + (number ? "." + std::to_string(number) : "");
  while (!variables.insert(variable).second && ++number);
  return variable;
}

std::optional<Storage> Step::open(Operation *op, StringRef name, int64_t rows, int64_t channels, Type element) {
  auto layers = op->getParentOfType<LayersOp>();
  if (layers && layers->getParentOfType<LayersOp>())
    return op->emitOpError("is inside nested 'tern.layers'; what it keeps between steps may be one level deep"), std::nullopt;
  SmallVector<int64_t> shape = {slots, rows, channels};
  auto type = RankedTensorType::get(shape, element);
  if (layers)
    shape.insert(shape.begin(), layers.getTripCount());
  std::string variable = variableOf(layers, name);
  Value held = appendArgument(function, withShape(type, shape), "tern.variable", variable);
  if (layers) {
    layers.getStackedMutable().append(held);
    held = layers.getBody().addArgument(type, op->getLoc());
  }
  return Storage{held, variable};
}

Value Step::write(OpBuilder &b, Location loc, const Storage &storage, Value rows, Value place, Value number) {
  Value written = CacheWriteOp::create(b, loc, storage.held, rows, place, number, slot());
  auto layers = written.getDefiningOp()->getParentOfType<LayersOp>();
  Value result = layers ? Value(layers.alsoStack(written).getResults().back()) : written;
  appendResult(function, result, "tern.updates", storage.variable);
  return written;
}

Value Step::cache(Operation *op, StringRef name, Value rows) {
  OpBuilder b(op);
  if (kept && elementOf(rows.getType()).isF32() && !kept.isF32())
    rows = arith::TruncFOp::create(b, op->getLoc(), withElement(rows.getType(), kept), rows);
  std::optional<Storage> storage = open(op, name, positions, shapeOf(rows.getType()).back(), elementOf(rows.getType()));
  return storage ? ofSlot(b, op->getLoc(), write(b, op->getLoc(), *storage, rows, position(), count())) : Value();
}

Value Step::state(Operation *op, StringRef name, Value start) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  ArrayRef<int64_t> shape = shapeOf(start.getType());
  std::optional<Storage> storage = open(op, name, 1, ShapedType::getNumElements(shape.drop_front()), elementOf(start.getType()));
  if (!storage)
    return {};
  Value held = ReshapeOp::create(b, loc, ofSlot(b, loc, storage->held), shape), zero = constant(b, loc, {}, b.getI64Type(), 0);
  Value value = ValidRowsOp::create(b, loc, held, zero, position(), start);
  states[value] = *storage;
  function->setAttr("tern.carries", b.getUnitAttr());
  return value;
}

void Step::keep(Operation *op, Value state, Value end) {
  OpBuilder b(op->getContext());
  b.setInsertionPointAfter(op);
  Location loc = op->getLoc();
  int64_t channels = ShapedType::getNumElements(shapeOf(end.getType()).drop_front());
  Value row = ReshapeOp::create(b, loc, end, ArrayRef<int64_t>{batch, 1, channels});
  Value first = constant(b, loc, {batch}, b.getI32Type(), 0), one = constant(b, loc, {batch}, b.getI32Type(), 1);
  write(b, loc, states.lookup(state), row, first, one);
}

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
static LogicalResult keepLastRow(func::FuncOp function, int64_t batch, SequenceDims &dims, Step &step) {
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

LogicalResult DeriveDecode::derive(func::FuncOp function, int64_t tokens, Type kept) {
  FailureOr<SequenceDims> dims = followSequence(function);
  if (failed(dims) || failed(checkLogits(function)))
    return failure();
  SmallVector<Sequential> ops;
  function.walk([&](Sequential op) {
    if (isAlongSequence(op, *dims))
      ops.push_back(op);
  });
  int64_t batch = shapeOf(function.getResultTypes().front()).front();
  Step step(function, batch, slots, context, kept);
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
  for (auto function : getOperation().getOps<func::FuncOp>()) {
    auto tokens = function->getAttrOfType<IntegerAttr>("tern.tokens");
    if (!tokens)
      continue;
    if (failed(derive(function, tokens.getInt(), *kept)))
      return signalPassFailure();
    function->removeAttr("tern.tokens");
    getOperation()->setAttr("tern.context", Builder(&getContext()).getI64IntegerAttr(context));
  }
}
