// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per objective, and the table of them. Each reads the roles of the arguments of @forward and the shape of
// its results, adds what the loss compares with as arguments, and puts the loss in the place of the results.

#include "compiler/derive/Objectives.h"

#include "compiler/derive/DeriveUtils.h"
#include "dialects/tern/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace tern;

//===-- reading and writing functions ---------------------------------------------------------------------------------===//

/// The argument with a role, or null.
static BlockArgument argumentWithRole(func::FuncOp function, StringRef role) {
  for (BlockArgument argument : function.getArguments())
    if (auto own = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "tern.role"); own && own.getValue() == role)
      return argument;
  return nullptr;
}

static Operation *terminatorOf(func::FuncOp function) { return function.getBody().front().getTerminator(); }

/// An argument whose dimensions are called like the first ones of another argument.
static BlockArgument appendLike(func::FuncOp loss, BlockArgument like, Type type, StringRef role) {
  BlockArgument argument = appendArgument(loss, type, "tern.role", role);
  auto dims = loss.getArgAttrOfType<ArrayAttr>(like.getArgNumber(), "tern.dims");
  size_t rank = shapeOf(type).size();
  if (dims && dims.size() >= rank)
    loss.setArgAttr(argument.getArgNumber(), "tern.dims", ArrayAttr::get(loss.getContext(), dims.getValue().take_front(rank)));
  return argument;
}

/// The function returns this number and nothing else.
static void returnLoss(func::FuncOp loss, Value value) {
  terminatorOf(loss)->setOperands(value);
  for (unsigned result = loss.getNumResults(); result > 1; --result)
    (void)loss.eraseResult(result - 1);
  loss.setType(FunctionType::get(loss.getContext(), loss.getArgumentTypes(), value.getType()));
}

/// The argument with a role that the objective cannot do without.
static FailureOr<BlockArgument> needArgument(func::FuncOp forward, func::FuncOp loss, StringRef role, StringRef objective) {
  if (BlockArgument argument = argumentWithRole(loss, role))
    return argument;
  return forward.emitOpError("has no argument with tern.role = \"")
         << role << "\", which --objective=" << objective << " needs";
}

/// The first argument that is data: its first dimension is the batch.
static BlockArgument firstData(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments())
    if (function.getArgAttr(argument.getArgNumber(), "tern.role"))
      return argument;
  return nullptr;
}

static Type integers(Type like, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, IntegerType::get(like.getContext(), 32));
}

//===-- tokens --------------------------------------------------------------------------------------------------------===//

/// cross_entropy(logits, targets): one target per token.
static FailureOr<Value> tokenLoss(func::FuncOp forward, func::FuncOp loss, StringRef objective) {
  FailureOr<BlockArgument> tokens = needArgument(forward, loss, "tokens", objective);
  if (failed(tokens))
    return failure();
  Value logits = terminatorOf(loss)->getOperand(0);
  Type ids = tokens->getType();
  if (shapeOf(logits.getType()).size() != shapeOf(ids).size() + 1)
    return forward.emitOpError("returns ") << logits.getType() << "; --objective=" << objective
                                           << " needs one row of logits per token of " << ids;
  Value targets = appendLike(loss, *tokens, ids, "targets");
  OpBuilder b(terminatorOf(loss));
  return CrossEntropyOp::create(b, terminatorOf(loss)->getLoc(), logits, targets).getResult();
}

static LogicalResult completeCausal(func::FuncOp forward, func::FuncOp loss) {
  FailureOr<Value> value = tokenLoss(forward, loss, "causal-lm");
  if (succeeded(value))
    returnLoss(loss, *value);
  return value;
}

/// As causal-lm, with the tokens of a source beside.
static LogicalResult completeSeq2Seq(func::FuncOp forward, func::FuncOp loss) {
  if (failed(needArgument(forward, loss, "source", "seq2seq")))
    return failure();
  FailureOr<Value> value = tokenLoss(forward, loss, "seq2seq");
  if (succeeded(value))
    returnLoss(loss, *value);
  return value;
}

/// Masked tokens; and where the model has a second result (B, 2), whether the second sentence follows the first.
static LogicalResult completeMasked(func::FuncOp forward, func::FuncOp loss) {
  Operation *terminator = terminatorOf(loss);
  Value pairs = terminator->getNumOperands() > 1 ? terminator->getOperand(1) : Value();
  FailureOr<Value> value = tokenLoss(forward, loss, "masked-lm");
  if (failed(value))
    return failure();
  if (pairs) {
    ArrayRef<int64_t> shape = shapeOf(pairs.getType());
    if (shape.size() != 2 || shape[1] != 2)
      return forward.emitOpError("returns ") << pairs.getType()
                                             << " second; --objective=masked-lm takes it for next-sentence logits (batch, 2)";
    BlockArgument tokens = argumentWithRole(loss, "tokens");
    Value labels = appendLike(loss, tokens, integers(tokens.getType(), shape.take_front(1)), "next_sentence");
    OpBuilder b(terminator);
    Value second = CrossEntropyOp::create(b, terminator->getLoc(), pairs, labels);
    value = AddOp::create(b, terminator->getLoc(), *value, second).getResult();
  }
  returnLoss(loss, *value);
  return success();
}

//===-- labels --------------------------------------------------------------------------------------------------------===//

static LogicalResult completeClassify(func::FuncOp forward, func::FuncOp loss) {
  Value logits = terminatorOf(loss)->getOperand(0);
  ArrayRef<int64_t> shape = shapeOf(logits.getType());
  BlockArgument data = firstData(loss);
  if (shape.size() < 2 || !data)
    return forward.emitOpError("returns ") << logits.getType() << "; --objective=classify needs logits (batch, classes)";
  Value labels = appendLike(loss, data, integers(logits.getType(), shape.drop_back()), "labels");
  OpBuilder b(terminatorOf(loss));
  returnLoss(loss, CrossEntropyOp::create(b, terminatorOf(loss)->getLoc(), logits, labels));
  return success();
}

static LogicalResult completeRegress(func::FuncOp forward, func::FuncOp loss) {
  Value prediction = terminatorOf(loss)->getOperand(0);
  BlockArgument data = firstData(loss);
  if (!data)
    return forward.emitOpError("has no argument with a tern.role; --objective=regress needs the data that it reads");
  // Beyond the batch, the extents of a prediction are numbers: only what the data calls its dimensions may be open.
  BlockArgument labels = appendLike(loss, data, prediction.getType(), "labels");
  auto dims = loss.getArgAttrOfType<ArrayAttr>(data.getArgNumber(), "tern.dims");
  size_t rank = shapeOf(prediction.getType()).size();
  if (dims && dims.size() < rank) {
    SmallVector<Attribute> names(dims.begin(), dims.end());
    names.resize(rank, StringAttr::get(loss.getContext(), "column"));
    loss.setArgAttr(labels.getArgNumber(), "tern.dims", ArrayAttr::get(loss.getContext(), names));
  }
  OpBuilder b(terminatorOf(loss));
  returnLoss(loss, MseOp::create(b, terminatorOf(loss)->getLoc(), prediction, labels));
  return success();
}

//===-- embed ---------------------------------------------------------------------------------------------------------===//

namespace {
constexpr int64_t channels[] = {1};

/// Formulas of the contrastive loss.
struct Contrast {
  OpBuilder &b;
  Location loc;

  Value constant(double value, Type element) {
    auto type = RankedTensorType::get({}, element);
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, b.getFloatAttr(element, value)));
  }
  /// x / |x| of every row.
  Value unit(Value x) {
    Value squares = SumOp::create(b, loc, MulOp::create(b, loc, x, x), channels, true);
    Value bounded = AddOp::create(b, loc, squares, constant(1e-12, elementOf(x.getType())));
    return MulOp::create(b, loc, x, RsqrtOp::create(b, loc, bounded));
  }
  /// Mean over i of logsumexp_j(20 a_i b_j) - 20 a_i b_label(i): every other pair of the batch is a negative (Henderson et al.
  /// 2017). A pair whose label is below zero is not there: neither its own loss nor the others know it.
  Value loss(Value anchors, Value positives, Value labels) {
    Type element = elementOf(anchors.getType());
    Value cosines = MatmulOp::create(b, loc, unit(anchors), unit(positives), false, true);
    Value scores = MulOp::create(b, loc, cosines, constant(20, element));
    auto number = RankedTensorType::get({}, elementOf(labels.getType()));
    Value zero = arith::ConstantOp::create(b, loc, DenseElementsAttr::get(number, b.getI32IntegerAttr(0)));
    Value isThere = GreaterEqualOp::create(b, loc, labels, zero); // (B), of the columns
    Value seen = WhereOp::create(b, loc, isThere, scores, constant(-1e30, element));
    return CrossEntropyOp::create(b, loc, seen, labels);
  }
};
} // namespace

/// The body once more, on data of its own ("positive_tokens", ...) and with the same parameters. Gives its first result.
static Value repeatBody(func::FuncOp loss) {
  IRMapping mapping;
  for (unsigned index = 0, count = loss.getNumArguments(); index < count; ++index) {
    auto role = loss.getArgAttrOfType<StringAttr>(index, "tern.role");
    if (!role)
      continue;
    BlockArgument data = loss.getArgument(index);
    mapping.map(data, appendLike(loss, data, data.getType(), ("positive_" + role.getValue()).str()));
  }
  Operation *terminator = terminatorOf(loss);
  SmallVector<Operation *> body;
  for (Operation &op : loss.getBody().front().without_terminator())
    body.push_back(&op);
  OpBuilder b(terminator);
  for (Operation *op : body)
    b.clone(*op, mapping);
  return mapping.lookupOrDefault(terminator->getOperand(0));
}

/// What moves at every step would move twice, once for each text of a pair.
static LogicalResult expectNoAverages(func::FuncOp loss) {
  WalkResult found = loss.walk([](Averaging op) {
    op->emitOpError("keeps running averages, but --objective=embed runs the model twice a step, on both texts of a pair; use "
                    "tern.layer_norm or tern.rms_norm, which keep none");
    return WalkResult::interrupt();
  });
  return failure(found.wasInterrupted());
}

static LogicalResult completeEmbed(func::FuncOp forward, func::FuncOp loss) {
  Operation *terminator = terminatorOf(loss);
  Value anchors = terminator->getOperand(0);
  if (shapeOf(anchors.getType()).size() != 2)
    return forward.emitOpError("returns ") << anchors.getType() << "; --objective=embed needs one row per text, (batch, channels)";
  FailureOr<BlockArgument> tokens = needArgument(forward, loss, "tokens", "embed");
  if (failed(tokens) || failed(expectNoAverages(loss)))
    return failure();
  Value positives = repeatBody(loss);
  Value labels = appendLike(loss, *tokens, integers(anchors.getType(), shapeOf(anchors.getType()).take_front(1)), "labels");
  OpBuilder b(terminator);
  returnLoss(loss, Contrast{b, terminator->getLoc()}.loss(anchors, positives, labels));
  return success();
}

//===-- table ---------------------------------------------------------------------------------------------------------===//

static constexpr ObjectiveRule objectives[] = {
    {"causal-lm", true, true, "logits", completeCausal},
    {"masked-lm", false, true, "logits", completeMasked},
    {"seq2seq", true, true, "logits", completeSeq2Seq},
    {"classify", false, false, "logits", completeClassify},
    {"regress", false, false, "prediction", completeRegress},
    {"embed", false, false, "embedding", completeEmbed},
};

const ObjectiveRule *tern::findObjective(StringRef name) {
  const auto *found = llvm::find_if(objectives, [&](const ObjectiveRule &rule) { return rule.name == name; });
  return found == std::end(objectives) ? nullptr : found;
}

SmallVector<StringRef> tern::objectiveNames() {
  return llvm::map_to_vector(objectives, [](const ObjectiveRule &rule) -> StringRef { return rule.name; });
}
