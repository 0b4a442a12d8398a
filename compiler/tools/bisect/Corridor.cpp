// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which passes a program can do without.

#include "compiler/tools/bisect/Corridor.h"

#include "dialects/tern/Tern.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

/// Without one of these there is no program, or another one. Every other pass only makes it better.
static const llvm::StringSet<> &requiredPasses() {
  static const llvm::StringSet<> names = {// model: what the entries are
                                          "bind-hyper", "inline", "hoist-params", "derive-objective", "expose-taps",
                                          "seed-random", "track-averages", "specialize-shapes", "set-precision", "derive-init",
                                          "derive-decode", "differentiate", "derive-step", "count-cost",
                                          // tensor
                                          "lower-to-linalg", "materialize-splats",
                                          // buffer: the last one of the expansions is the reference
                                          "flatten-carried", "unshare-inits", "destinations-to-buffers",
                                          "one-shot-bufferize", "explain-copies", "expand-kernels-naive", "plan-memory",
                                          // llvm
                                          "lower-spmd", "expand-strided-metadata", "lower-affine", "convert-scf-to-cf",
                                          "convert-math-to-llvm", "convert-math-to-libm", "convert-vector-to-llvm",
                                          "convert-to-llvm", "reconcile-unrealized-casts", "verify-floor"};
  return names;
}

std::vector<Step> bisect::listSteps(const PipelineOptions &options) {
  PipelineOptions own = options;
  own.insertions.clear();
  std::vector<Step> steps;
  for (Stage stage : allStages) {
    std::vector<std::string> ours = listPasses(stage, own);
    ArrayRef<std::string> expected = ours;
    for (std::string &text : listPasses(stage, options)) {
      std::string name = nameOfPass(text).str();
      bool isOurs = !expected.empty() && (expected.front() == text || name == "verify-floor");
      expected = expected.drop_front(isOurs);
      bool isRequired = isOurs && requiredPasses().contains(name);
      // Contracts make an error of an op that does not belong, and not a crash. Without clean-ups only the upper floors
      // keep theirs.
      if (name == "verify-floor" && isOurs && stage > Stage::Tensor)
        continue;
      steps.push_back({stage, std::move(text), name, !isRequired, !isOurs});
    }
  }
  return steps;
}

std::vector<size_t> bisect::listOptional(ArrayRef<Step> steps) {
  std::vector<size_t> numbers;
  for (size_t number = 0; number < steps.size(); ++number)
    if (steps[number].isOptional)
      numbers.push_back(number);
  return numbers;
}

std::vector<std::string> bisect::hybrid(ArrayRef<Step> steps, size_t end) {
  std::vector<std::string> texts;
  for (size_t number = 0; number < steps.size(); ++number)
    if (!steps[number].isOptional || number < end)
      texts.push_back(steps[number].text);
  return texts;
}

std::vector<std::string> bisect::prefix(ArrayRef<Step> steps, size_t end) {
  std::vector<std::string> texts;
  for (const Step &step : steps.take_front(end))
    texts.push_back(step.text);
  return texts;
}

static size_t findStep(ArrayRef<Step> steps, StringRef name) {
  for (size_t number = 0; number < steps.size(); ++number)
    if (steps[number].name == name && !steps[number].isInserted)
      return number;
  return steps.size();
}

std::vector<std::string> bisect::required(ArrayRef<Step> steps, size_t begin, std::optional<size_t> also) {
  std::vector<std::string> texts;
  for (size_t number = begin; number < steps.size(); ++number)
    if (!steps[number].isOptional || number == also)
      texts.push_back(steps[number].text);
  return texts;
}

size_t bisect::firstBufferStep(ArrayRef<Step> steps) {
  return llvm::find_if(steps, [](const Step &step) { return step.stage == Stage::Buffer; }) - steps.begin();
}

std::string bisect::placeOf(ArrayRef<Step> steps, size_t step) {
  auto isSame = [&](const Step &other) { return other.stage == steps[step].stage && other.name == steps[step].name; };
  std::string place = nameOf(steps[step].stage).str() + ":" + steps[step].name;
  if (llvm::count_if(steps, isSame) > 1)
    place += ":" + std::to_string(llvm::count_if(steps.take_front(step + 1), isSame));
  return place;
}

std::optional<size_t> bisect::findPlace(ArrayRef<Step> steps, StringRef place) {
  for (size_t number = 0; number < steps.size(); ++number)
    if (placeOf(steps, number) == place)
      return number;
  return std::nullopt;
}

size_t bisect::nextStep(ModuleOp module, ArrayRef<Step> steps) {
  bool hasSizes = false, hasTern = false, hasTensors = false, hasBuffers = false, isPlanned = false;
  module.walk([&](Operation *op) {
    hasSizes |= isa<HyperOp>(op);
    hasTern |= isa_and_present<TernDialect>(op->getDialect());
    hasTensors |= llvm::any_of(op->getResultTypes(), [](Type type) { return isa<TensorType>(type); });
    isPlanned |= op->hasAttr("tern.plan");
    if (auto function = dyn_cast<func::FuncOp>(op))
      hasBuffers |= llvm::any_of(function.getArgumentTypes(), [](Type type) { return isa<MemRefType>(type); });
  });
  StringRef first = isPlanned                   ? "lower-spmd"
                    : hasBuffers && !hasTensors ? "explain-copies"
                    : hasBuffers                ? "one-shot-bufferize"
                    : hasSizes                  ? "bind-hyper"
                    : hasTern                   ? "inline"
                                                : "lower-to-linalg";
  return findStep(steps, first);
}
