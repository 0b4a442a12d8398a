// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters become function arguments with a parameter table.

#include "compiler/shape/Passes.h"
#include "dialects/tern/Attrs.h"
#include "dialects/tern/Shapes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_HOISTPARAMS
#include "compiler/shape/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct HoistParams : tern::impl::HoistParamsBase<HoistParams> {
  void runOnOperation() override;
};
} // namespace

/// Gives a module-form op its parameters as `tern.param` ops right before it.
static LogicalResult declare(Parametric op) {
  SmallVector<ParameterDeclaration> declarations;
  if (failed(op.declareParameters(declarations)))
    return failure();
  OpBuilder b(op);
  SmallVector<Value> parameters;
  for (const ParameterDeclaration &declaration : declarations) {
    SmallVector<int64_t> shape(llvm::map_range(declaration.sizes, extentOf));
    parameters.push_back(ParamOp::create(b, op.getLoc(), RankedTensorType::get(shape, declaration.elementType),
                                         b.getStringAttr(declaration.name), b.getArrayAttr(declaration.sizes),
                                         cast<InitAttr>(declaration.init), declaration.frozen));
  }
  op.setParameters(parameters);
  return success();
}

static LogicalResult declareAll(func::FuncOp function) {
  SmallVector<Parametric> modules;
  function.walk([&](Parametric op) {
    if (op.isModuleForm())
      modules.push_back(op);
  });
  bool failed = false;
  for (Parametric op : modules)
    failed |= declare(op).failed();
  return failure(failed);
}

/// "h.{i}.ln_1.weight" inside layers, the name itself outside.
static FailureOr<std::string> fullName(ParamOp param, LayersOp layers) {
  if (!layers)
    return param.getName().str();
  if (!layers.getScope())
    return param.emitOpError("'") << param.getName() << "' is inside 'tern.layers' without a scope; write the scope after the count";
  if (layers->getParentOfType<LayersOp>())
    return param.emitOpError("'") << param.getName() << "' is inside nested 'tern.layers'; parameters may be one level deep";
  return (*layers.getScope() + ".{i}." + param.getName()).str();
}

/// Appends an argument that carries the parameter's row of the table.
static BlockArgument addArgument(func::FuncOp function, ParamOp param, StringRef name, int64_t layers) {
  MLIRContext *context = function.getContext();
  SmallVector<int64_t> shape(shapeOf(param.getType()));
  if (layers)
    shape.insert(shape.begin(), layers);
  auto row = ParameterAttr::get(context, StringAttr::get(context, name), layers, /*firstLayer=*/0, param.getInit(),
                                /*trainable=*/!param.getFrozen(), /*parts=*/{});
  NamedAttribute attribute(StringAttr::get(context, "tern.parameter"), row);
  unsigned index = function.getNumArguments();
  (void)function.insertArgument(index, withShape(param.getType(), shape), DictionaryAttr::get(context, attribute), param.getLoc());
  return function.getArgument(index);
}

static LogicalResult hoist(ParamOp param, func::FuncOp function, llvm::StringMap<Location> &seen) {
  auto layers = param->getParentOfType<LayersOp>();
  FailureOr<std::string> name = fullName(param, layers);
  if (failed(name))
    return failure();
  auto [previous, isNew] = seen.try_emplace(*name, param.getLoc());
  if (!isNew) {
    InFlightDiagnostic error = param.emitOpError("declares '") << *name << "' a second time; to share a parameter, share its value";
    error.attachNote(previous->second) << "first declared here";
    return error;
  }
  Value value = addArgument(function, param, *name, layers ? layers.getTripCount() : 0);
  if (layers) {
    layers.getStackedMutable().append(value);
    value = layers.getBody().addArgument(param.getType(), param.getLoc());
  }
  param.replaceAllUsesWith(value);
  param.erase();
  return success();
}

void HoistParams::runOnOperation() {
  for (auto function : getOperation().getOps<func::FuncOp>()) {
    if (failed(declareAll(function))) {
      signalPassFailure();
      continue;
    }
    llvm::StringMap<Location> seen;
    SmallVector<ParamOp> params;
    function.walk([&](ParamOp param) { params.push_back(param); });
    for (ParamOp param : params)
      if (failed(hoist(param, function, seen)))
        signalPassFailure();
  }
}
