// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of one input become one. Rows of a weight stored out_in are outputs, so that weights put one after the other are
// the weight of the joint product, and each stays in one piece:
//
//   q = linear x weight wq out_in              qkv = linear x weight w out_in     w = wq over wk over wv, one variable
//   k = linear x weight wk out_in      ->      q, k, v = split qkv
//   v = linear x weight wv out_in

#include "compiler/fuse/Passes.h"
#include "compiler/support/Remarks.h"
#include "dialects/tern/Shapes.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

namespace tern {
#define GEN_PASS_DEF_FUSEQKV
#include "compiler/fuse/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern;

namespace {
/// Linears to fuse, in the order of the program.
using Group = SmallVector<LinearOp>;

/// What one function offers.
struct Offer {
  func::FuncOp function;
  llvm::StringSet<> parameters;                // names of all parameters
  llvm::MapVector<StringAttr, Group> groups;   // by the names of their parameters
};
} // namespace

//===-- parameters ---------------------------------------------------------------------------------------------------===//

/// The function argument behind a weight or a bias, which is it or, in layers, a slice of it. Null when there is none, or
/// when anybody else reads it.
static BlockArgument storageOf(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || !argument.hasOneUse())
    return {};
  auto layers = dyn_cast<LayersOp>(argument.getOwner()->getParentOp());
  if (!layers)
    return isa<func::FuncOp>(argument.getOwner()->getParentOp()) ? argument : BlockArgument();
  unsigned first = 1 + layers.getInits().size();
  return argument.getArgNumber() < first ? BlockArgument() : storageOf(layers.getStacked()[argument.getArgNumber() - first]);
}

static ParameterAttr rowOf(Value value) {
  BlockArgument storage = storageOf(value);
  auto function = storage ? cast<func::FuncOp>(storage.getOwner()->getParentOp()) : func::FuncOp();
  return function ? function.getArgAttrOfType<ParameterAttr>(storage.getArgNumber(), "tern.parameter") : ParameterAttr();
}

/// The weight, and the bias if there is one.
static ValueRange parametersOf(LinearOp op) { return op->getOperands().drop_front(); }

//===-- groups -------------------------------------------------------------------------------------------------------===//

static LogicalResult canTakePart(LinearOp op, RewriterBase &rewriter) {
  if (op.isModuleForm())
    return rewriter.notifyMatchFailure(op, "its parameters are not operands yet");
  if (op.getLayout() != WeightLayout::out_in)
    return rewriter.notifyMatchFailure(op, "the weight is stored in_out, where the outputs are no rows and parts no pieces");
  for (Value parameter : parametersOf(op)) {
    ParameterAttr row = rowOf(parameter);
    if (!row)
      return rewriter.notifyMatchFailure(op, "the weight or the bias is not a parameter of this op alone");
    if (!row.getParts().empty())
      return rewriter.notifyMatchFailure(op, "the weight or the bias is packed already");
  }
  return success();
}

/// Both read the same input in the same block.
static LogicalResult canJoin(LinearOp op, LinearOp first, RewriterBase &rewriter) {
  if (static_cast<bool>(op.getBias()) != static_cast<bool>(first.getBias()))
    return rewriter.notifyMatchFailure(op, "only one of two products has a bias");
  for (auto [parameter, other] : llvm::zip_equal(parametersOf(op), parametersOf(first))) {
    if (rowOf(parameter).getTrainable() != rowOf(other).getTrainable())
      return rewriter.notifyMatchFailure(op, "only one of two weights or biases is trained");
    if (cast<BlockArgument>(parameter).getOwner() != cast<BlockArgument>(other).getOwner())
      return rewriter.notifyMatchFailure(op, "only one of two weights or biases has a copy per layer");
  }
  return success();
}

/// Cuts linears of one input into groups that fuse.
static SmallVector<Group> groupsAmong(Group linears, RewriterBase &rewriter) {
  SmallVector<Group> groups;
  llvm::erase_if(linears, [&](LinearOp op) { return failed(canTakePart(op, rewriter)); });
  while (!linears.empty()) {
    LinearOp first = linears.front();
    Group group{first}, rest;
    for (LinearOp op : llvm::drop_begin(linears))
      (succeeded(canJoin(op, first, rewriter)) ? group : rest).push_back(op);
    if (group.size() > 1)
      groups.push_back(group);
    linears = rest;
  }
  return groups;
}

/// "a.weight|b.weight": no name of a parameter holds a bar.
static StringAttr joinNames(ValueRange parameters) {
  SmallVector<StringRef> names(llvm::map_range(parameters, [](Value value) { return rowOf(value).getName().getValue(); }));
  return StringAttr::get(parameters.front().getContext(), llvm::join(names, "|"));
}

/// Parameter number `number` of every linear: 0 the weights, 1 the biases.
static SmallVector<Value> parametersOf(const Group &group, unsigned number) {
  return llvm::map_to_vector(group, [&](LinearOp op) -> Value { return parametersOf(op)[number]; });
}

static StringAttr nameOf(const Group &group) {
  SmallVector<Value> all;
  for (unsigned number = 0; number < parametersOf(group.front()).size(); ++number)
    llvm::append_range(all, parametersOf(group, number));
  return joinNames(all);
}

static Offer offerOf(func::FuncOp function, RewriterBase &rewriter) {
  Offer offer{function, {}, {}};
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (auto row = function.getArgAttrOfType<ParameterAttr>(index, "tern.parameter"))
      offer.parameters.insert(row.getName().getValue());
  llvm::MapVector<std::pair<Block *, Value>, Group> readers;
  function.walk([&](LinearOp op) { readers[{op->getBlock(), op.getInput()}].push_back(op); });
  for (auto &[place, linears] : readers)
    if (linears.size() > 1)
      for (Group &group : groupsAmong(linears, rewriter))
        offer.groups[nameOf(group)] = group;
  return offer;
}

/// A variable has one shape in all programs: who has one of the parameters must have the whole group.
static bool allAgree(StringAttr name, ArrayRef<Offer> offers) {
  SmallVector<StringRef> parameters;
  name.getValue().split(parameters, '|');
  return llvm::all_of(offers, [&](const Offer &offer) {
    bool concerned = llvm::any_of(parameters, [&](StringRef parameter) { return offer.parameters.contains(parameter); });
    return !concerned || offer.groups.contains(name);
  });
}

//===-- fusion -------------------------------------------------------------------------------------------------------===//

/// The row and the type of a parameter that holds others one after the other.
static std::pair<ParameterAttr, RankedTensorType> packedRow(ValueRange parameters) {
  SmallVector<PartAttr> parts;
  SmallVector<int64_t> shape(shapeOf(storageOf(parameters.front()).getType()));
  ParameterAttr first = rowOf(parameters.front());
  int64_t &rows = shape[first.getLayers() > 0];
  rows = 0;
  for (Value parameter : parameters) {
    ParameterAttr row = rowOf(parameter);
    parts.push_back(PartAttr::get(row.getContext(), row.getName(), shapeOf(parameter.getType()).front(), row.getInit()));
    rows += parts.back().getRows();
  }
  auto row = ParameterAttr::get(first.getContext(), joinNames(parameters), first.getLayers(), first.getFirstLayer(),
                                /*init=*/InitAttr(), first.getTrainable(), parts);
  return {row, cast<RankedTensorType>(withShape(parameters.front().getType(), shape))};
}

/// The packed parameter, as the linears see it: an argument of the function, or a slice of one.
static Value addPacked(ArrayRef<Value> parameters) {
  auto [row, type] = packedRow(parameters);
  BlockArgument storage = storageOf(parameters.front()), seen = cast<BlockArgument>(parameters.front());
  auto function = cast<func::FuncOp>(storage.getOwner()->getParentOp());
  Builder b(function.getContext());
  SmallVector<Location> places(llvm::map_range(parameters, [](Value parameter) { return parameter.getLoc(); }));
  Location loc = b.getFusedLoc(places);
  unsigned index = storage.getArgNumber();
  (void)function.insertArgument(index, type, b.getDictionaryAttr(b.getNamedAttr("tern.parameter", row)), loc);
  BlockArgument packed = function.getArgument(index);
  auto layers = dyn_cast<LayersOp>(seen.getOwner()->getParentOp());
  if (!layers)
    return packed;
  layers.getStackedMutable().append(packed);
  return layers.getBody().addArgument(withShape(type, type.getShape().drop_front()), loc);
}

/// Removes a parameter that nobody reads any more.
static void eraseParameter(Value parameter) {
  auto argument = cast<BlockArgument>(parameter);
  Operation *owner = argument.getOwner()->getParentOp();
  unsigned index = argument.getArgNumber();
  if (auto function = dyn_cast<func::FuncOp>(owner))
    return (void)function.eraseArgument(index);
  auto layers = cast<LayersOp>(owner);
  unsigned operand = index - 1 - layers.getInits().size();
  Value storage = layers.getStacked()[operand];
  layers.getStackedMutable().erase(operand);
  layers.getBody().eraseArgument(index);
  eraseParameter(storage);
}

static void fuse(const Group &group, RewriterBase &rewriter) {
  LinearOp first = group.front();
  rewriter.setInsertionPoint(first);
  Location loc = rewriter.getFusedLoc(llvm::map_to_vector(group, [](LinearOp op) { return op.getLoc(); }));
  SmallVector<Value> weights = parametersOf(group, 0), biases;
  if (first.getBias())
    biases = parametersOf(group, 1);
  Value weight = addPacked(weights), bias = biases.empty() ? Value() : addPacked(biases);

  SmallVector<int64_t> shape(shapeOf(first.getType())), sizes;
  for (LinearOp op : group)
    sizes.push_back(shapeOf(op.getType()).back());
  shape.back() = shapeOf(weight.getType()).front();
  auto packed = LinearOp::create(rewriter, loc, withShape(first.getType(), shape), first.getInput(), weight, bias, StringAttr(),
                                 Attribute(), WeightLayout::out_in, /*with_bias=*/Attribute(), InitAttr());
  auto parts = SplitOp::create(rewriter, loc, packed, static_cast<int64_t>(shape.size()) - 1, sizes);
  for (auto [op, part] : llvm::zip_equal(group, parts.getResults()))
    rewriter.replaceOp(op, part);
  llvm::for_each(weights, eraseParameter);
  llvm::for_each(biases, eraseParameter);
}

/// The rope of `value`, whose only reader is attention; null when there is none.
static RopeOp ropeOf(Value value, int64_t heads) {
  auto rope = value.getDefiningOp<RopeOp>();
  bool isPart = rope && value.hasOneUse() && !rope.getKvHeads() && rope.getHeadCount() == heads;
  return isPart ? rope : RopeOp();
}

/// The two turn alike but for the number of heads.
static bool turnAlike(RopeOp q, RopeOp k) {
  return q.getPosition() == k.getPosition() && q.getLayout() == k.getLayout() && q.getFrequencies() == k.getFrequencies() &&
         q.getInverse() == k.getInverse();
}

///   rope q, rope k, v of one split   ->   rope of q and k in the value that was split
static Value turnWhole(AttentionOp op, SplitOp split, RopeOp q, RopeOp k, RewriterBase &rewriter) {
  rewriter.setInsertionPoint(q);
  Location loc = rewriter.getFusedLoc({q.getLoc(), k.getLoc()});
  return RopeOp::create(rewriter, loc, split.getInput(), q.getPosition(), rewriter.getI64IntegerAttr(op.getHeadCount()),
                        rewriter.getI64IntegerAttr(op.getKeyValueHeadCount()), q.getLayout(), q.getRotaryAttr(),
                        q.getThetaAttr(), q.getLinearAttr(), q.getNtkAttr(), q.getInverse());
}

/// attention q, k, v of one split takes it whole, turned or not: then one value is kept for the backward pass, where it was
/// computed.
static void joinAttention(AttentionOp op, RewriterBase &rewriter) {
  if (op.isPacked())
    return;
  SmallVector<Value> parts(op.getInputs());
  RopeOp q = ropeOf(parts[0], op.getHeadCount()), k = ropeOf(parts[1], op.getKeyValueHeadCount());
  if (q && k && turnAlike(q, k)) {
    parts[0] = q.getInput();
    parts[1] = k.getInput();
  }
  auto split = parts[0].getDefiningOp<SplitOp>();
  if (!split || split.getAxis() != 2 || !llvm::equal(parts, split.getResults()))
    return;
  bool turns = parts[0] != op.getInputs()[0];
  Value whole = turns ? turnWhole(op, split, q, k, rewriter) : split.getInput();
  rewriter.modifyOpInPlace(op, [&] { op.getInputsMutable().assign(whole); });
  for (Operation *left : turns ? SmallVector<Operation *>{q, k, split} : SmallVector<Operation *>{split})
    if (left->use_empty())
      rewriter.eraseOp(left);
}

namespace {
struct FuseQkv : tern::impl::FuseQkvBase<FuseQkv> {
  void runOnOperation() override {
    Remarks remarks(*this, "merged", "not merged");
    IRRewriter rewriter(&getContext(), &remarks);
    SmallVector<Offer> offers;
    for (auto function : getOperation().getOps<func::FuncOp>())
      offers.push_back(offerOf(function, rewriter));
    SmallVector<Group> agreed;
    for (Offer &offer : offers)
      for (auto &[name, group] : offer.groups) {
        if (allAgree(name, offers))
          agreed.push_back(group);
        else
          (void)rewriter.notifyMatchFailure(group.front(), "another entry uses these parameters in another way");
      }
    remarks.flush();
    for (const Group &group : agreed) {
      LinearOp first = group.front();
      remarks.passed(first.getLoc(), Twine(group.size()) + " products of one input");
      fuse(group, rewriter);
    }
    getOperation().walk([&](AttentionOp op) { joinAttention(op, rewriter); });
  }
};
} // namespace
