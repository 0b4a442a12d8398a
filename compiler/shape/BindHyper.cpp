// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hyperparameters become numbers.

#include "compiler/shape/Passes.h"
#include "compiler/shape/ShapeUtils.h"
#include "dialects/tern/Attrs.h"
#include "dialects/tern/Shapes.h"
#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_BINDHYPER
#include "compiler/shape/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {

using Hypers = llvm::StringMap<Attribute>;

struct BindHyper : tern::impl::BindHyperBase<BindHyper> {
  using BindHyperBase::BindHyperBase;
  void runOnOperation() override;

private:
  LogicalResult overrideDefaults(Hypers &hypers);
  LogicalResult replaceExpressions(const Hypers &hypers);
};

} // namespace

static Hypers collectDefaults(ModuleOp module) {
  Hypers hypers;
  for (auto hyper : module.getOps<HyperOp>())
    hypers[hyper.getSymName()] = hyper.getValue();
  return hypers;
}

/// Reads VALUE as the kind that the default has.
static Attribute parseDefine(StringRef text, Attribute like) {
  Builder b(like.getContext());
  int64_t integer;
  double real;
  if (isa<IntegerAttr>(like))
    return text.getAsInteger(10, integer) ? Attribute() : b.getI64IntegerAttr(integer);
  return text.getAsDouble(real) ? Attribute() : b.getF64FloatAttr(real);
}

/// Two dimensions have options of their own: a hyperparameter of that name would win over --batch and --seq unseen.
static LogicalResult checkNames(ModuleOp module) {
  for (auto hyper : module.getOps<HyperOp>())
    if (StringRef name = hyper.getSymName(); name == "batch" || name == "seq")
      return hyper.emitOpError("has the name of a dimension that --") << name << "=N sets; give it another one";
  return success();
}

LogicalResult BindHyper::overrideDefaults(Hypers &hypers) {
  for (StringRef define : defines) {
    auto [name, text] = define.split('=');
    auto known = hypers.find(name);
    if (known == hypers.end()) {
      InFlightDiagnostic error = getOperation().emitError("--define ") << define << ": the model has no hyperparameter '" << name << "'";
      for (auto hyper : getOperation().getOps<HyperOp>())
        error.attachNote(hyper.getLoc()) << "it has '" << hyper.getSymName() << "'";
      return error;
    }
    Attribute value = parseDefine(text, known->second);
    if (!value)
      return getOperation().emitError("--define ") << define << ": '" << text << "' is not "
                                                   << (isa<IntegerAttr>(known->second) ? "an integer" : "a number");
    known->second = value;
  }
  return success();
}

/// The value of a hyperparameter, or null after an error.
static Attribute valueOf(StringAttr name, const Hypers &hypers, Operation *user) {
  auto known = hypers.find(name.getValue());
  if (known != hypers.end())
    return known->second;
  user->emitOpError("names '@") << name.getValue() << "', but the model declares no such hyperparameter";
  return {};
}

static double realOf(Attribute number) {
  auto real = dyn_cast<FloatAttr>(number);
  return real ? real.getValueAsDouble() : static_cast<double>(cast<IntegerAttr>(number).getInt());
}

/// The number that an expression stands for, or null after an error.
static Attribute evaluate(SizeExpressionAttr expression, const Hypers &hypers, Operation *user) {
  Builder b(user->getContext());
  Attribute first = valueOf(expression.getSymbol(), hypers, user), second = b.getI64IntegerAttr(1);
  if (first && expression.getTimes())
    second = valueOf(expression.getTimes(), hypers, user);
  if (!first || !second)
    return {};
  if (isa<FloatAttr>(first) || isa<FloatAttr>(second))
    return b.getF64FloatAttr(expression.getFactor() * realOf(first) * realOf(second) / expression.getDivisor());
  int64_t product = expression.getFactor() * cast<IntegerAttr>(first).getInt() * cast<IntegerAttr>(second).getInt();
  if (product % expression.getDivisor()) {
    user->emitOpError("size ") << product << " is not divisible by " << expression.getDivisor();
    return {};
  }
  return b.getI64IntegerAttr(product / expression.getDivisor());
}

LogicalResult BindHyper::replaceExpressions(const Hypers &hypers) {
  bool failed = false;
  getOperation().walk([&](Operation *op) {
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](SizeExpressionAttr expression) -> std::pair<Attribute, WalkResult> {
      Attribute value = evaluate(expression, hypers, op);
      failed |= !value;
      return {value ? value : Attribute(expression), WalkResult::skip()};
    });
    replacer.replaceElementsIn(op, /*replaceAttrs=*/true);
    if (auto param = dyn_cast<ParamOp>(op)) {
      SmallVector<int64_t> shape(llvm::map_range(param.getSizes(), extentOf));
      param.getResult().setType(withShape(param.getType(), shape));
    }
  });
  return failure(failed);
}

/// Dimensions of arguments that bear the name of a hyperparameter have its size: `tern.dims = ["batch", "source"]`.
static void bindDimensions(func::FuncOp function, const Hypers &hypers) {
  for (BlockArgument argument : function.getArguments()) {
    auto dims = function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(), "tern.dims");
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!dims || !type || dims.size() != static_cast<size_t>(type.getRank()))
      continue; // specialize-shapes says what is missing
    SmallVector<int64_t> shape(type.getShape());
    for (auto [dim, name] : llvm::enumerate(dims.getAsValueRange<StringAttr>()))
      if (auto size = dyn_cast_or_null<IntegerAttr>(hypers.lookup(name)); size && ShapedType::isDynamic(shape[dim]))
        shape[dim] = size.getInt();
    argument.setType(withShape(type, shape));
  }
}

void BindHyper::runOnOperation() {
  ModuleOp module = getOperation();
  Hypers hypers = collectDefaults(module);
  if (failed(checkNames(module)) || failed(overrideDefaults(hypers)) || failed(replaceExpressions(hypers)))
    return signalPassFailure();
  for (auto hyper : llvm::make_early_inc_range(module.getOps<HyperOp>()))
    hyper.erase();
  for (func::FuncOp function : calleesFirst(module)) {
    if (!function.isExternal())
      bindDimensions(function, hypers);
    if (failed(inferTypes(function)))
      signalPassFailure();
  }
}
