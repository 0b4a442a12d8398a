// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs that compute a function and its derived gradient, in f64.

#include "compiler/tools/GradientTests.h"

#include "compiler/grad/Passes.h"
#include "compiler/shape/Passes.h"
#include "compiler/tools/TestProgram.h"
#include "dialects/check/Check.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/FormatVariadic.h"

#include <cstring>

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

static func::FuncOp makeEntry(OpBuilder &builder, func::FuncOp function, StringRef name) {
  auto entry = cast<func::FuncOp>(builder.clone(*function));
  entry.setName(name);
  entry.setPublic();
  entry->setAttr("tern.entry", builder.getStringAttr(name));
  for (unsigned index = 0; index < entry.getNumArguments(); ++index)
    entry.setArgAttr(index, "tern.role", builder.getStringAttr("argument" + Twine(index)));
  entry.setResultAttr(0, "tern.role", builder.getStringAttr("loss"));
  return entry;
}

// A module with @value and @gradient of the function that the check names, in f64.
static FailureOr<OwningOpRef<ModuleOp>> makeGradientProgram(ModuleOp file, check::GradientOp op) {
  auto function = file.lookupSymbol<func::FuncOp>(op.getFunction());
  if (!function || function.isDeclaration())
    return op.emitOpError() << "@" << op.getFunction() << " has no body";
  OwningOpRef<ModuleOp> module = cast<ModuleOp>(file->clone());
  module->walk([](check::GradientOp other) { other.erase(); });
  OpBuilder builder(module->getBodyRegion());
  auto copy = module->lookupSymbol<func::FuncOp>(op.getFunction());
  func::FuncOp value = makeEntry(builder, copy, "value"), gradient = makeEntry(builder, copy, "gradient");
  gradient->setAttr("tern.differentiate", builder.getUnitAttr());
  for (auto other : module->getOps<func::FuncOp>())
    if (other != value && other != gradient)
      other.setPrivate();

  PassManager manager(module->getContext());
  manager.addPass(createInlinerPass());
  manager.addPass(createSymbolDCEPass());
  manager.addPass(createSetPrecision({"f64"}));
  manager.addPass(createDifferentiate());
  if (failed(manager.run(*module)))
    return failure();
  for (unsigned index = 0; index < gradient.getNumResults(); ++index)
    if (auto argument = gradient.getResultAttrOfType<IntegerAttr>(index, "tern.gradient"))
      gradient.setResultAttr(index, "tern.role", builder.getStringAttr("gradient" + Twine(argument.getInt())));
  return module;
}

static const double *numbersAt(Jit &jit, const tern_tensor &tensor) {
  return reinterpret_cast<const double *>(jit.at(tensor.offset));
}

// Fills the arguments, runs @gradient, and lists what was differentiated.
static std::vector<Variable> differentiateArguments(Jit &jit, const tern_entry &gradient,
                                                    const GradientOptions &options) {
  std::mt19937_64 random(options.seed);
  for (uint32_t index = 0; index < gradient.input_count; ++index)
    fillRandom(jit, gradient.inputs[index], options, random);
  jit.run(gradient);
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

static llvm::Expected<std::unique_ptr<Jit>> compile(Compilation &compilation, const PipelineOptions &options,
                                                    const CodeTarget &target, uint32_t threads) {
  llvm::LLVMContext context;
  if (failed(compilation.lower(Stage::LLVM, options)))
    return llvm::createStringError("could not be compiled");
  std::unique_ptr<llvm::Module> program =
      compilation.translate(context, target, options, compilation.describe(options, target));
  if (!program)
    return llvm::createStringError("could not be translated");
  return Jit::create(*program, *target.machine, threads);
}

static llvm::Expected<bool> runGradientCheck(Compilation &compilation, const GradientOptions &check,
                                             const PipelineOptions &options, const CodeTarget &target,
                                             llvm::raw_ostream &out) {
  auto jit = compile(compilation, options, target, 1);
  if (!jit)
    return jit.takeError();
  const tern_entry *value = (*jit)->find("value"), *gradient = (*jit)->find("gradient");
  std::vector<Variable> variables = differentiateArguments(**jit, *gradient, check);
  if (variables.empty())
    return llvm::createStringError("there is nothing to differentiate: no argument is floating-point");
  const tern_tensor *loss = findTensor(value->outputs, value->output_count, "loss");
  auto evaluate = [&] {
    (*jit)->run(*value);
    return *numbersAt(**jit, *loss);
  };
  return report(checkGradients(variables, evaluate, check), check.tolerance, /*printAll=*/false, out);
}

unsigned tern::runGradientChecks(StringRef path, const PipelineOptions &options, const CodeTarget &target,
                                 llvm::raw_ostream &out) {
  Compilation file;
  if (failed(file.read(path)))
    return 1;
  unsigned failures = 0;
  file.module().walk([&](check::GradientOp op) {
    std::string details;
    llvm::raw_string_ostream stream(details);
    Compilation compilation;
    // The program is made in the file's context and carried over as text, so that each check compiles on its own.
    FailureOr<OwningOpRef<ModuleOp>> module = makeGradientProgram(file.module(), op);
    std::string text;
    llvm::raw_string_ostream textStream(text);
    if (succeeded(module))
      (*module)->print(textStream, OpPrintingFlags().enableDebugInfo());
    bool good = succeeded(module) && succeeded(compilation.parse(text));
    if (good) {
      auto result = runGradientCheck(compilation, optionsOf(op), options, target, stream);
      good = result && *result;
      if (!result)
        stream << "  " << llvm::toString(result.takeError()) << "\n";
    }
    failures += !good;
    out << (good ? "PASS" : "FAIL") << ": gradient of @" << op.getFunction() << " (" << describeLocation(op.getLoc())
        << ")\n"
        << details;
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
  auto compiled = compile(compilation, options, target, 1);
  if (!compiled)
    return compiled.takeError();
  Jit &jit = **compiled;
  const tern_entry *init = jit.find("init"), *loss = jit.find("loss"), *grad = jit.find("grad");
  if (!init || !loss || !grad)
    return llvm::createStringError("the model has no loss: name one with --objective");
  jit.run(*init);
  std::mt19937_64 random(check.seed);
  fillInputs(jit, *grad, check, random);
  jit.run(*grad);
  auto read = [&](const tern_entry &entry) {
    return *numbersAt(jit, *findTensor(entry.outputs, entry.output_count, "loss"));
  };
  double trained = read(*grad);
  std::vector<Variable> variables = variablesOf(jit);
  // @loss and @grad share their inputs' memory. With dropout they differ; then the loss that @grad computes is asked.
  jit.run(*loss);
  bool isSame = std::abs(read(*loss) - trained) <= 1e-12 * std::abs(trained);
  const tern_entry &entry = isSame ? *loss : *grad;
  auto evaluate = [&] {
    jit.run(entry);
    return read(entry);
  };
  out << llvm::formatv("loss {0}, {1} tensors\n", trained, variables.size());
  return report(checkGradients(variables, evaluate, check), check.tolerance, /*printAll=*/true, out);
}
