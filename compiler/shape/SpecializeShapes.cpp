// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named dimensions of entry arguments become numbers.

#include "compiler/shape/Passes.h"
#include "compiler/shape/ShapeUtils.h"
#include "dialects/tern/Shapes.h"

using namespace mlir;

namespace tern {
#define GEN_PASS_DEF_SPECIALIZESHAPES
#include "compiler/shape/Passes.h.inc"
} // namespace tern

using namespace tern;

namespace {

struct SpecializeShapes : tern::impl::SpecializeShapesBase<SpecializeShapes> {
  using SpecializeShapesBase::SpecializeShapesBase;
  void runOnOperation() override;

private:
  /// The extent bound to a dimension name in a function, or 0.
  int64_t boundExtent(func::FuncOp function, StringRef name) const;
  LogicalResult specializeArgument(func::FuncOp function, unsigned index) const;
};

} // namespace

int64_t SpecializeShapes::boundExtent(func::FuncOp function, StringRef name) const {
  if (name != "batch" && name != "seq")
    return 0; // a hyperparameter of that name has bound it before
  auto own = function->getAttrOfType<IntegerAttr>(("tern." + name).str());
  return own ? own.getInt() : static_cast<int64_t>(name == "seq" ? seq : batch);
}

static std::string howToBind(StringRef name) {
  if (name == "batch" || name == "seq")
    return ("give it with --" + name + "=N").str();
  return ("declare tern.hyper @" + name + " and give --define " + name + "=N").str();
}

LogicalResult SpecializeShapes::specializeArgument(func::FuncOp function, unsigned index) const {
  auto type = dyn_cast<RankedTensorType>(function.getArgument(index).getType());
  if (!type || type.hasStaticShape())
    return success();
  Location loc = function.getArgument(index).getLoc();
  auto dims = function.getArgAttrOfType<ArrayAttr>(index, "tern.dims");
  if (!dims || dims.size() != static_cast<size_t>(type.getRank()))
    return emitError(loc) << "argument " << index << " of @" << function.getName() << " has type " << type
                          << "; name its dimensions with tern.dims = [...], one name per dimension";
  SmallVector<int64_t> shape(type.getShape());
  for (auto [dim, name] : llvm::enumerate(dims.getAsValueRange<StringAttr>())) {
    if (!ShapedType::isDynamic(shape[dim]))
      continue;
    shape[dim] = boundExtent(function, name);
    if (shape[dim] < 1)
      return emitError(loc) << "dimension '" << name << "' of argument " << index << " of @" << function.getName()
                            << " has no size; " << howToBind(name);
  }
  function.getArgument(index).setType(withShape(type, shape));
  return success();
}

void SpecializeShapes::runOnOperation() {
  for (func::FuncOp function : calleesFirst(getOperation())) {
    bool failed = false;
    for (unsigned index = 0; index < function.getNumArguments(); ++index)
      failed |= specializeArgument(function, index).failed();
    // Entries share their body: what is wrong in one is wrong in all, and is said once.
    if (failed || inferTypes(function).failed())
      return signalPassFailure();
  }
}
