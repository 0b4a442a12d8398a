// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first two passes of the corridor make a table of the parameters; a checkpoint is compared with that table.

#include "compiler/tools/import/Parameters.h"

#include "compiler/shape/Passes.h"
#include "compiler/tools/Compile.h"
#include "dialects/tern/Attrs.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

using namespace llvm;
using namespace tern;

static void addRow(mlir::func::FuncOp function, unsigned index, std::vector<ParameterShape> &parameters) {
  auto row = function.getArgAttrOfType<ParameterAttr>(index, "tern.parameter");
  if (!row)
    return;
  ArrayRef<int64_t> shape = cast<mlir::ShapedType>(function.getArgument(index).getType()).getShape();
  if (row.getLayers() == 0)
    parameters.push_back({row.getName().str(), shape.vec()});
  auto [before, after] = row.getName().getValue().split("{i}");
  for (int64_t layer = 0; layer < row.getLayers(); ++layer)
    parameters.push_back({(before + Twine(layer) + after).str(), shape.drop_front().vec()});
}

mlir::FailureOr<std::vector<ParameterShape>> tern::parametersOf(StringRef model) {
  Compilation compilation;
  if (mlir::failed(compilation.parse(model)))
    return mlir::failure();
  mlir::PassManager manager(&compilation.context(), mlir::ModuleOp::getOperationName());
  manager.addPass(createBindHyper());
  manager.addPass(createHoistParams());
  if (mlir::failed(manager.run(compilation.module())))
    return mlir::failure();
  std::vector<ParameterShape> parameters;
  for (auto function : compilation.module().getOps<mlir::func::FuncOp>())
    for (unsigned index = 0; index < function.getNumArguments(); ++index)
      addRow(function, index, parameters);
  return parameters;
}

uint64_t tern::countNumbers(ArrayRef<ParameterShape> parameters) {
  uint64_t count = 0;
  for (const ParameterShape &parameter : parameters) {
    uint64_t numbers = 1;
    for (int64_t extent : parameter.shape)
      numbers *= extent;
    count += numbers;
  }
  return count;
}

static constexpr StringRef prefixes[] = {"model.", "transformer."};

static StringRef withoutPrefix(StringRef name) {
  for (StringRef prefix : prefixes)
    if (name.starts_with(prefix) && name.size() > prefix.size())
      return name.drop_front(prefix.size());
  return name;
}

std::string tern::prefixOf(const Checkpoint &checkpoint) {
  for (StringRef prefix : prefixes)
    if (any_of(checkpoint.tensors, [&](const StoredTensor &tensor) { return StringRef(tensor.name).starts_with(prefix); }))
      return prefix.str();
  return "";
}

namespace {
/// Tensors of the checkpoint that no parameter has claimed, and what was found wrong.
struct Comparison {
  std::map<std::string, const StoredTensor *> left;
  std::vector<std::string> problems;
};
} // namespace

static void claim(const ParameterShape &parameter, Comparison &comparison) {
  auto found = comparison.left.find(withoutPrefix(parameter.name).str());
  if (found == comparison.left.end()) {
    comparison.problems.push_back("missing: '" + parameter.name + "' " + shapeText(parameter.shape));
    return;
  }
  const StoredTensor &tensor = *found->second;
  comparison.left.erase(found);
  if (tensor.shape != parameter.shape)
    comparison.problems.push_back("wrong shape: '" + tensor.name + "' is " + shapeText(tensor.shape) + " in the checkpoint, " +
                                  shapeText(parameter.shape) + " by the configuration");
  if (!is_contained({"F64", "F32", "F16", "BF16"}, tensor.type))
    comparison.problems.push_back("wrong type: '" + tensor.name + "' is " + tensor.type + "; F32, F16 or BF16 is expected");
}

/// Why a tensor is no parameter, or nothing.
static std::string whyLeftOut(const StoredTensor &tensor, const Family &family, bool hasHead) {
  for (const LeftOutTensor &known : family.leftOut)
    if (StringRef(tensor.name).ends_with(known.suffix))
      return known.reason.str();
  return tensor.name == "lm_head.weight" && !hasHead ? "the configuration ties it to the embedding" : "";
}

Error tern::compareShapes(ArrayRef<ParameterShape> parameters, const Checkpoint &checkpoint, const Family &family,
                          std::vector<std::string> &notes) {
  Comparison comparison;
  for (const StoredTensor &tensor : checkpoint.tensors)
    if (!comparison.left.emplace(withoutPrefix(tensor.name).str(), &tensor).second)
      comparison.problems.push_back("twice: '" + tensor.name + "' and a tensor with another prefix");
  for (const ParameterShape &parameter : parameters)
    claim(parameter, comparison);
  bool hasHead = any_of(parameters, [](const ParameterShape &parameter) { return parameter.name == "lm_head.weight"; });
  std::map<std::string, size_t> reasons;
  for (const auto &[name, tensor] : comparison.left) {
    std::string why = whyLeftOut(*tensor, family, hasHead);
    if (why.empty())
      comparison.problems.push_back("unknown: '" + tensor->name + "' " + shapeText(tensor->shape) + " is no parameter of the model");
    else
      ++reasons[why];
  }
  for (const auto &[why, count] : reasons)
    notes.push_back(std::to_string(count) + (count == 1 ? " tensor is" : " tensors are") + " left out: " + why);
  if (comparison.problems.empty())
    return Error::success();
  return createStringError("the configuration and " + checkpoint.source + " are not of one model (" +
                           Twine(comparison.problems.size()) + (comparison.problems.size() == 1 ? " problem" : " problems") +
                           "); nothing was written:\n  " + join(comparison.problems, "\n  "));
}
