// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradient accumulation in @grad, and @update: clip and optimizer.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Optimizers.h"
#include "compiler/derive/Passes.h"
#include "dialects/tern/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"

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
  UpdateBuilder(func::FuncOp grad, const OptimizerRule &rule, bool averages, ArrayRef<llvm::GlobPattern> undecayed);
  void build();

private:
  Type numberType() const { return RankedTensorType::get({}, element); }
  Value scalar(StringRef role) { return appendArgument(update, numberType(), "tern.role", role); }
  void addRates();
  void addStorage();
  SmallVector<Value> storage(StringRef kind, llvm::function_ref<Type(const Parameter &, const UpdateSite &)> typeOf);
  /// scale * clip factor; also returns the gradient norm from @update.
  Value clippedScale();
  Value decayOf(const UpdateSite &site, const Parameter &parameter);
  void move(UpdateSite &site, const Parameter &parameter);

  func::FuncOp grad, update;
  const OptimizerRule &rule;
  bool averages; // an exponential moving average of the weights is one more state
  ArrayRef<llvm::GlobPattern> undecayed;
  Type element;
  OpBuilder b;
  Location loc;
  SmallVector<Parameter> trainable; // of @grad
  SmallVector<UpdateSite> sites;    // one per trainable parameter
  SmallVector<Value> averaged;      // likewise
  llvm::StringMap<Value> rates;
  Value weightDecay, vectorDecay, noDecay, step, averageDecay;
};

} // namespace

static SmallVector<Parameter> trainableOf(func::FuncOp function) {
  SmallVector<Parameter> parameters = parametersOf(function);
  llvm::erase_if(parameters, [](const Parameter &parameter) { return !parameter.row.getTrainable(); });
  return parameters;
}

/// The names that a parameter has in the model: a packed one has those of its parts.
static SmallVector<StringRef> namesOf(ParameterAttr row) {
  if (row.getParts().empty())
    return {row.getName().getValue()};
  return llvm::map_to_vector(row.getParts(), [](PartAttr part) { return part.getName().getValue(); });
}

static bool matchesAny(ArrayRef<llvm::GlobPattern> patterns, StringRef name) {
  return llvm::any_of(patterns, [&](const llvm::GlobPattern &pattern) { return pattern.match(name); });
}

/// The type of a state of a parameter of this type.
static RankedTensorType stateType(Type parameter, StateShape shape) {
  SmallVector<int64_t> extents(shapeOf(parameter));
  if (shape != StateShape::Whole)
    extents.erase(extents.end() - (shape == StateShape::WithoutLast ? 1 : 2));
  return withShape(parameter, extents);
}

UpdateBuilder::UpdateBuilder(func::FuncOp grad, const OptimizerRule &rule, bool averages,
                             ArrayRef<llvm::GlobPattern> undecayed)
    : grad(grad), rule(rule), averages(averages), undecayed(undecayed), element(elementOf(grad.getResultTypes().front())),
      b(grad), loc(grad.getLoc()), trainable(trainableOf(grad)) {
  b.setInsertionPointAfter(grad);
  update = func::FuncOp::create(b, loc, "update", b.getFunctionType({}, {}));
  update->setAttr("tern.entry", b.getStringAttr("update"));
  b.setInsertionPointToStart(update.addEntryBlock());
  b.setInsertionPoint(func::ReturnOp::create(b, loc));
}

/// Numbers that are known only when the program runs.
void UpdateBuilder::addRates() {
  rates["learning_rate"] = scalar("learning_rate");
  for (StringRef role : rule.rates)
    rates[role] = scalar(role);
  weightDecay = scalar("weight_decay");
  vectorDecay = scalar("vector_decay");
  if (averages)
    averageDecay = scalar("ema_decay");
  if (rule.countsSteps)
    step = appendArgument(update, RankedTensorType::get({}, b.getI64Type()), "tern.role", "step");
}

/// One argument per trainable parameter, null where `typeOf` gives no type.
SmallVector<Value> UpdateBuilder::storage(StringRef kind,
                                          llvm::function_ref<Type(const Parameter &, const UpdateSite &)> typeOf) {
  SmallVector<Value> values;
  for (auto [parameter, site] : llvm::zip_equal(trainable, sites)) {
    Type type = typeOf(parameter, site);
    values.push_back(type ? appendArgument(update, type, "tern.variable", variableName(kind, parameter.row)) : Value());
  }
  return values;
}

/// Arguments for the parameters, their gradients and their optimizer states.
void UpdateBuilder::addStorage() {
  for (const Parameter &parameter : trainable) {
    bool isStacked = parameter.row.getLayers() > 0;
    size_t rank = shapeOf(grad.getArgument(parameter.index).getType()).size();
    sites.push_back({b, loc, {}, {}, {}, rates, {}, {}, step, rank - isStacked >= 2, isStacked});
  }
  auto typeOf = [&](const Parameter &parameter, const UpdateSite &) { return grad.getArgument(parameter.index).getType(); };
  for (auto [parameter, site, value] : llvm::zip_equal(trainable, sites, storage("parameter", typeOf))) {
    update.setArgAttr(cast<BlockArgument>(value).getArgNumber(), "tern.parameter", parameter.row);
    site.param = value;
  }
  for (auto [site, value] : llvm::zip_equal(sites, storage("gradient", typeOf)))
    site.grad = value;
  for (auto [number, state] : llvm::enumerate(rule.states)) {
    auto stateTypeOf = [&](const Parameter &parameter, const UpdateSite &site) -> Type {
      bool isKept = !rule.keeps || rule.keeps(site, number);
      return isKept ? stateType(typeOf(parameter, site), state.shape) : Type();
    };
    for (auto [site, value] : llvm::zip_equal(sites, storage("state" + std::to_string(number), stateTypeOf)))
      site.states.push_back(value);
  }
  if (averages)
    averaged = storage("state" + std::to_string(rule.states.size()), typeOf);
}

Value UpdateBuilder::clippedScale() {
  Value clip = scalar("clip"), scale = scalar("scale");
  SmallVector<Value> gradients = llvm::map_to_vector(sites, [](const UpdateSite &site) { return site.grad; });
  Value norm = GlobalNormOp::create(b, loc, gradients, scale);
  appendResult(update, norm, "tern.role", "grad_norm");
  return MulOp::create(b, loc, scale, ClipFactorOp::create(b, loc, norm, clip));
}

Value UpdateBuilder::decayOf(const UpdateSite &site, const Parameter &parameter) {
  if (!matchesAny(undecayed, namesOf(parameter.row).front())) // of parts all match or none
    return site.isMatrix ? weightDecay : vectorDecay;
  if (!noDecay)
    noDecay = arith::ConstantOp::create(b, loc, DenseElementsAttr::get(cast<ShapedType>(numberType()), b.getFloatAttr(element, 0)));
  return noDecay;
}

void UpdateBuilder::move(UpdateSite &site, const Parameter &parameter) {
  site.decay = decayOf(site, parameter);
  SmallVector<Value> moved = rule.move(site);
  appendResult(update, moved.front(), "tern.updates", variableName("parameter", parameter.row));
  for (auto [number, state] : llvm::enumerate(ArrayRef<Value>(moved).drop_front()))
    if (state)
      appendResult(update, state, "tern.updates", variableName("state" + std::to_string(number), parameter.row));
  if (!averages)
    return;
  Value average = EmaOp::create(b, loc, averaged[&site - sites.begin()], moved.front(), averageDecay);
  appendResult(update, average, "tern.updates", variableName("state" + std::to_string(rule.states.size()), parameter.row));
}

void UpdateBuilder::build() {
  addRates();
  addStorage();
  Value scale = clippedScale();
  for (auto [site, parameter] : llvm::zip_equal(sites, trainable)) {
    site.scale = scale;
    move(site, parameter);
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

/// A packed parameter decays as one.
static LogicalResult checkParts(func::FuncOp grad, ArrayRef<llvm::GlobPattern> patterns) {
  for (const Parameter &parameter : trainableOf(grad)) {
    SmallVector<StringRef> names = namesOf(parameter.row);
    auto isNamed = [&](StringRef name) { return matchesAny(patterns, name); };
    if (llvm::any_of(names, isNamed) && !llvm::all_of(names, isNamed))
      return grad.emitError("no-decay names '")
             << *llvm::find_if(names, isNamed) << "' but not '" << *llvm::find_if_not(names, isNamed)
             << "', which is stored and moved with it; name '" << llvm::join(names, "', '") << "' or none of them";
  }
  return success();
}

/// Patterns that name at least one parameter each.
static FailureOr<SmallVector<llvm::GlobPattern>> parsePatterns(func::FuncOp grad, ArrayRef<std::string> texts) {
  SmallVector<llvm::GlobPattern> patterns;
  for (const std::string &text : texts) {
    llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(text);
    if (!pattern)
      return grad.emitError("no-decay '") << text << "' is no pattern: " << llvm::toString(pattern.takeError());
    SmallVector<StringRef> names;
    for (const Parameter &parameter : trainableOf(grad))
      names.append(namesOf(parameter.row));
    if (llvm::none_of(names, [&](StringRef name) { return pattern->match(name); }))
      return grad.emitError("no-decay '") << text << "' names no trained parameter; there is, for one, '" << names.front() << "'";
    patterns.push_back(std::move(*pattern));
  }
  if (failed(checkParts(grad, patterns)))
    return failure();
  return patterns;
}

/// What the runtime calls the states, and which dimension of a parameter each lacks.
static void nameStates(ModuleOp module, const OptimizerRule &rule, bool averages) {
  Builder b(module.getContext());
  SmallVector<Attribute> names;
  SmallVector<int32_t> shapes;
  for (const OptimizerState &state : rule.states) {
    names.push_back(b.getStringAttr(state.name));
    shapes.push_back(static_cast<int32_t>(state.shape));
  }
  if (averages) {
    names.push_back(b.getStringAttr("ema"));
    shapes.push_back(static_cast<int32_t>(StateShape::Whole));
  }
  module->setAttr("tern.optimizer", b.getStringAttr(rule.name));
  module->setAttr("tern.states", b.getArrayAttr(names));
  if (llvm::any_of(shapes, [](int32_t shape) { return shape != 0; }))
    module->setAttr("tern.state_shapes", b.getDenseI32ArrayAttr(shapes));
}

void DeriveStep::runOnOperation() {
  ModuleOp module = getOperation();
  for (auto function : module.getOps<func::FuncOp>())
    nameVariables(function);
  const OptimizerRule *rule = findOptimizer(optimizer);
  if (!rule && optimizer != "none") {
    module.emitError("optimizer '") << optimizer << "' is not supported; choose " << llvm::join(optimizerNames(), ", ")
                                    << ", or none";
    return signalPassFailure();
  }
  auto grad = module.lookupSymbol<func::FuncOp>("grad");
  if (!grad || trainableOf(grad).empty())
    return;
  accumulateGradients(grad);
  if (!rule)
    return;
  FailureOr<SmallVector<llvm::GlobPattern>> undecayed = parsePatterns(grad, noDecay);
  if (failed(undecayed))
    return signalPassFailure();
  UpdateBuilder(grad, *rule, ema, *undecayed).build();
  nameStates(module, *rule, ema);
}
