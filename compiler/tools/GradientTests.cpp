// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs that compute a function and its derived gradient, in f64.

#include "compiler/tools/GradientTests.h"

#include "compiler/fuse/Passes.h"
#include "compiler/grad/Passes.h"
#include "compiler/shape/Passes.h"
#include "compiler/tools/FunctionProgram.h"
#include "dialects/check/Check.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace tern;

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

static GradientOptions optionsOf(check::GradientOp op) {
  GradientOptions options;
  options.seed = op.getSeed();
  options.directions = op.getDirections();
  options.step = op.getStep().convertToDouble();
  options.tolerance = op.getTolerance().convertToDouble();
  options.low = op.getLow().convertToDouble();
  options.high = op.getHigh().convertToDouble();
  options.classes = op.getClasses();
  return options;
}

// A program with @value and @gradient of the function that the check names, in f64.
static FailureOr<OwningOpRef<ModuleOp>> makeGradientProgram(check::GradientOp op) {
  func::FuncOp gradient;
  Builder builder(op.getContext());
  auto program =
      makeFunctionProgram(op, op.getFunctionAttr(), {"value", "gradient"}, [&](ArrayRef<func::FuncOp> entries) {
        for (func::FuncOp entry : entries)
          entry.setResultAttr(0, "tern.role", builder.getStringAttr("loss"));
        gradient = entries.back();
        gradient->setAttr("tern.differentiate", builder.getUnitAttr());
      });
  if (failed(program))
    return failure();
  PassManager manager(op.getContext());
  manager.addPass(createSetPrecision({"f64"}));
  manager.addPass(createRepeatScan());
  manager.addPass(createDecompose());
  manager.addNestedPass<func::FuncOp>(createHoistProjections());
  manager.addPass(createDifferentiate());
  manager.addNestedPass<func::FuncOp>(createSinkProducts());
  if (failed(manager.run(**program)))
    return failure();
  for (unsigned index = 0; index < gradient.getNumResults(); ++index)
    if (auto argument = gradient.getResultAttrOfType<IntegerAttr>(index, "tern.gradient"))
      gradient.setResultAttr(index, "tern.role", builder.getStringAttr("gradient" + Twine(argument.getInt())));
  return program;
}

static const double *numbersAt(Jit &jit, const tern_tensor &tensor) {
  return reinterpret_cast<const double *>(jit.at(tensor.offset));
}

static llvm::Error run(Jit &jit, const tern_entry &entry) {
  int32_t status = jit.run(entry);
  return status == 0 ? llvm::Error::success()
                     : llvm::createStringError(llvm::formatv("@{0} ended with status {1}", entry.name, status));
}

// Fills the arguments, runs @gradient, and lists what was differentiated.
static llvm::Expected<std::vector<Variable>> differentiateArguments(Jit &jit, const tern_entry &gradient,
                                                    const GradientOptions &options) {
  std::mt19937_64 random(options.seed);
  for (uint32_t index = 0; index < gradient.input_count; ++index)
    fillRandom(jit, gradient.inputs[index], options, random);
  if (llvm::Error error = run(jit, gradient))
    return std::move(error);
  std::vector<Variable> variables;
  for (uint32_t index = 0; index < gradient.input_count; ++index) {
    const tern_tensor &input = gradient.inputs[index];
    StringRef number = StringRef(input.name).drop_front(StringRef("argument").size());
    const tern_tensor *result = findTensor(gradient.outputs, gradient.output_count, "gradient" + number.str());
    if (!result)
      continue;
    const double *values = numbersAt(jit, *result);
    variables.push_back({"argument " + number.str(), reinterpret_cast<double *>(jit.at(input.offset)),
                         std::vector<double>(values, values + elementCount(*result))});
  }
  return variables;
}

static bool report(llvm::ArrayRef<GradientError> errors, double tolerance, bool printAll, llvm::raw_ostream &out) {
  bool good = true;
  for (const GradientError &error : errors) {
    bool isRight = error.error <= tolerance;
    good &= isRight;
    if (printAll || !isRight)
      out << llvm::formatv("  {0,-40} error {1:e2}{2}\n", error.name, error.error, isRight ? "" : "  WRONG");
  }
  return good;
}

static llvm::Expected<bool> runGradientCheck(Compilation &compilation, const GradientOptions &check,
                                             const PipelineOptions &options, const CodeTarget &target,
                                             llvm::raw_ostream &out) {
  auto jit = compileProgram(compilation, options, target, 1);
  if (!jit)
    return jit.takeError();
  const tern_entry *value = (*jit)->find("value"), *gradient = (*jit)->find("gradient");
  llvm::Expected<std::vector<Variable>> variables = differentiateArguments(**jit, *gradient, check);
  if (!variables)
    return variables.takeError();
  if (variables->empty())
    return llvm::createStringError("there is nothing to differentiate: no argument is floating-point");
  const tern_tensor *loss = findTensor(value->outputs, value->output_count, "loss");
  if (llvm::Error error = run(**jit, *value))
    return std::move(error);
  auto evaluate = [&] {
    (*jit)->run(*value);
    return *numbersAt(**jit, *loss);
  };
  return report(checkGradients(*variables, evaluate, check), check.tolerance, /*printAll=*/false, out);
}

unsigned tern::runGradientChecks(ModuleOp file, const PipelineOptions &options, const CodeTarget &target,
                                 llvm::raw_ostream &out) {
  unsigned failures = 0;
  file.walk([&](check::GradientOp op) {
    auto perform = [&](Compilation &program, llvm::raw_ostream &details) {
      return runGradientCheck(program, optionsOf(op), options, target, details);
    };
    failures += !performCheck(op, "gradient of @" + op.getFunction(), makeGradientProgram(op), out, perform);
  });
  return failures;
}

//===----------------------------------------------------------------------===//
// A model
//===----------------------------------------------------------------------===//

// Tokens and classes below the vocabulary, labels 0 or 1, no accumulation.
static void fillInputs(Jit &jit, const tern_entry &entry, GradientOptions options, std::mt19937_64 &random) {
  options.classes = std::max<int64_t>(jit.manifest().vocab, 2);
  for (uint32_t index = 0; index < entry.input_count; ++index) {
    const tern_tensor &input = entry.inputs[index];
    bool isData = input.rank > 0;
    if (isData)
      fillRandom(jit, input, options, random);
    if (StringRef(input.name) == "labels" && input.dtype == TERN_F64)
      for (uint64_t element = 0; element < elementCount(input); ++element) {
        double &label = reinterpret_cast<double *>(jit.at(input.offset))[element];
        label = label < 0 ? 0 : 1;
      }
  }
}

// Every trained tensor, layer by layer, with its gradient as it is now.
static std::vector<Variable> variablesOf(Jit &jit) {
  std::vector<Variable> variables;
  const tern_manifest &manifest = jit.manifest();
  for (uint32_t index = 0; index < manifest.param_count; ++index) {
    const tern_param &param = manifest.params[index];
    if (param.gradient == TERN_NONE)
      continue;
    for (uint32_t layer = 0; layer < std::max(param.layers, 1u); ++layer) {
      std::string name = param.name;
      if (size_t place = name.find("{i}"); param.layers && place != std::string::npos)
        name.replace(place, 3, std::to_string(param.first_layer + layer));
      auto *gradient = reinterpret_cast<const double *>(jit.at(param.gradient + layer * param.layer_stride));
      variables.push_back({name, reinterpret_cast<double *>(jit.at(param.offset + layer * param.layer_stride)),
                           std::vector<double>(gradient, gradient + param.bytes / sizeof(double))});
    }
  }
  return variables;
}

llvm::Expected<bool> tern::checkModelGradients(StringRef path, PipelineOptions options, const CodeTarget &target,
                                               const GradientOptions &check, llvm::raw_ostream &out) {
  options.precision = "f64";
  Compilation compilation;
  if (failed(compilation.read(path)))
    return llvm::createStringError("the model could not be read");
  auto compiled = compileProgram(compilation, options, target, 1);
  if (!compiled)
    return compiled.takeError();
  Jit &jit = **compiled;
  const tern_entry *init = jit.find("init"), *loss = jit.find("loss"), *grad = jit.find("grad");
  if (!init || !loss || !grad)
    return llvm::createStringError("the model has no loss: name one with --objective");
  if (llvm::Error error = run(jit, *init))
    return std::move(error);
  std::mt19937_64 random(check.seed);
  fillInputs(jit, *grad, check, random);
  if (llvm::Error error = run(jit, *grad))
    return std::move(error);
  auto read = [&](const tern_entry &entry) {
    return *numbersAt(jit, *findTensor(entry.outputs, entry.output_count, "loss"));
  };
  double trained = read(*grad);
  std::vector<Variable> variables = variablesOf(jit);
  // @loss and @grad share their inputs' memory. With dropout they differ; then the loss that @grad computes is asked.
  if (llvm::Error error = run(jit, *loss))
    return std::move(error);
  bool isSame = std::abs(read(*loss) - trained) <= 1e-12 * std::abs(trained);
  const tern_entry &entry = isSame ? *loss : *grad;
  auto evaluate = [&] {
    jit.run(entry);
    return read(entry);
  };
  out << llvm::formatv("loss {0}, {1} tensors\n", trained, variables.size());
  return report(checkGradients(variables, evaluate, check), check.tolerance, /*printAll=*/true, out);
}
