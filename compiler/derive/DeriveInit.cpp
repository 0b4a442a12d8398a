// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// @init: every parameter as its initializer says.

#include "compiler/derive/DeriveUtils.h"
#include "compiler/derive/Passes.h"
#include "dialects/tern/Attrs.h"
#include "dialects/tern/Shapes.h"

#include <cmath>

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_DERIVEINIT
#include "compiler/derive/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {
struct DeriveInit : tern::impl::DeriveInitBase<DeriveInit> {
  void runOnOperation() override;
};

/// Writes the initial value of one parameter. `site` is its name: a packed parameter starts as its parts would alone.
struct Initializer {
  OpBuilder &b;
  Value seed, zero; // tensor<i64>

  Value splat(Location loc, RankedTensorType type, double value) {
    APFloat number = b.getFloatAttr(type.getElementType(), value).getValue();
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, number));
  }
  Value key(Location loc, StringAttr site) {
    return RandomKeyOp::create(b, loc, seed, zero, zero, /*layer=*/Value(), site.getValue());
  }
  Value normal(Location loc, RankedTensorType type, StringAttr site, double std) {
    return NormalOp::create(b, loc, key(loc, site), b.getDenseI64ArrayAttr(type.getShape()), b.getF64FloatAttr(0.0),
                            b.getF64FloatAttr(std), /*site=*/StringAttr(), TypeAttr::get(type.getElementType()));
  }
  Value uniform(Location loc, RankedTensorType type, StringAttr site, double low, double high) {
    return UniformOp::create(b, loc, key(loc, site), b.getDenseI64ArrayAttr(type.getShape()), b.getF64FloatAttr(low),
                             b.getF64FloatAttr(high), /*site=*/StringAttr(), TypeAttr::get(type.getElementType()));
  }
  Value create(Location loc, RankedTensorType type, StringAttr site, InitAttr init);
  Value create(Location loc, RankedTensorType type, ParameterAttr row);
};
} // namespace

Value Initializer::create(Location loc, RankedTensorType type, StringAttr site, InitAttr init) {
  StringRef kind = init.getKind().getValue();
  SmallVector<double> arguments;
  for (Attribute argument : init.getArguments())
    arguments.push_back(literalReal(argument).value_or(0.0));
  if (kind == "normal")
    return normal(loc, type, site, arguments[0]);
  if (kind == "residual_normal")
    return normal(loc, type, site, arguments[0] / std::sqrt(arguments[1]));
  if (kind == "uniform")
    return uniform(loc, type, site, arguments[0], arguments[1]);
  double value = kind == "constant" ? arguments[0] : kind == "ones" ? 1.0 : 0.0;
  return splat(loc, type, value);
}

Value Initializer::create(Location loc, RankedTensorType type, ParameterAttr row) {
  if (row.getInit())
    return create(loc, type, row.getName(), row.getInit());
  int64_t axis = row.getLayers() > 0;
  SmallVector<Value> parts;
  for (PartAttr part : row.getParts()) {
    SmallVector<int64_t> shape(type.getShape());
    shape[axis] = part.getRows();
    parts.push_back(create(loc, type.clone(shape), part.getName(), part.getInit()));
  }
  return ConcatOp::create(b, loc, parts, axis);
}

void DeriveInit::runOnOperation() {
  auto forward = getOperation().lookupSymbol<func::FuncOp>("forward");
  if (!forward)
    return;
  OpBuilder b(forward);
  Location loc = forward.getLoc();
  auto init = func::FuncOp::create(b, loc, "init", b.getFunctionType({}, {}));
  init->setAttr("tern.entry", b.getStringAttr("init"));
  b.setInsertionPointToStart(init.addEntryBlock());
  auto terminator = func::ReturnOp::create(b, loc);
  b.setInsertionPoint(terminator);
  auto scalar = RankedTensorType::get({}, b.getI64Type());
  Value seed = appendArgument(init, scalar, "tern.role", "seed");
  Value zero = arith::ConstantOp::create(b, loc, DenseElementsAttr::get(scalar, b.getI64IntegerAttr(0).getValue()));
  Initializer initializer{b, seed, zero};
  for (Parameter parameter : parametersOf(forward)) {
    auto type = cast<RankedTensorType>(forward.getArgument(parameter.index).getType());
    BlockArgument storage = appendArgument(init, type, "tern.variable", variableName("parameter", parameter.row));
    init.setArgAttr(storage.getArgNumber(), "tern.parameter", parameter.row);
    Value value = initializer.create(forward.getArgument(parameter.index).getLoc(), type, parameter.row);
    appendResult(init, value, "tern.updates", variableName("parameter", parameter.row));
  }
}
