// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Of every cache, layer by layer where it is stacked:
//
//   cache_write cache, (cache_read cache slot from) position 0 count S slot to

#include "compiler/derive/ForkSlots.h"

#include "compiler/derive/DeriveUtils.h"
#include "dialects/tern/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace tern;

namespace {
struct Fork {
  Value from, to;

  Value copy(OpBuilder &b, Location loc, Value cache) const;
  Value copyLayers(OpBuilder &b, Location loc, Value caches) const;
};
} // namespace

Value Fork::copy(OpBuilder &b, Location loc, Value cache) const {
  auto number = [&](int64_t value) {
    auto type = RankedTensorType::get({1}, b.getI32Type());
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, b.getI32IntegerAttr(value)));
  };
  Value rows = CacheReadOp::create(b, loc, cache, from);
  return CacheWriteOp::create(b, loc, cache, rows, number(0), number(shapeOf(cache.getType())[1]), to);
}

Value Fork::copyLayers(OpBuilder &b, Location loc, Value caches) const {
  Attribute count = b.getI64IntegerAttr(shapeOf(caches.getType()).front());
  auto layers = LayersOp::create(b, loc, count, StringAttr(), /*reverse=*/false, ValueRange(), caches, caches.getType());
  OpBuilder body = OpBuilder::atBlockBegin(&layers.getBody().front());
  YieldOp::create(body, loc, copy(body, loc, layers.getSliceArguments().front()));
  return layers.getResult(0);
}

void tern::deriveFork(func::FuncOp decode) {
  OpBuilder b(decode.getContext());
  b.setInsertionPointAfter(decode);
  Location loc = decode.getLoc();
  auto function = func::FuncOp::create(b, loc, "fork", b.getFunctionType({}, {}));
  function->setAttr("tern.entry", b.getStringAttr("fork"));
  b.setInsertionPointToStart(function.addEntryBlock());
  func::ReturnOp::create(b, loc);
  auto number = RankedTensorType::get({}, b.getI32Type());
  Fork fork{appendArgument(function, number, "tern.role", "from"), appendArgument(function, number, "tern.role", "slot")};
  for (unsigned index = 0; index < decode.getNumArguments(); ++index) {
    auto variable = decode.getArgAttrOfType<StringAttr>(index, "tern.variable");
    if (!variable || !variable.getValue().starts_with("cache:"))
      continue;
    Value cache = appendArgument(function, decode.getArgumentTypes()[index], "tern.variable", variable.getValue());
    b.setInsertionPoint(function.getBody().front().getTerminator());
    bool isStacked = shapeOf(cache.getType()).size() == 4;
    appendResult(function, isStacked ? fork.copyLayers(b, loc, cache) : fork.copy(b, loc, cache), "tern.updates", variable.getValue());
  }
}
