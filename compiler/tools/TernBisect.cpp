// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-bisect: which pass makes a model compute something else, and at which op.

#include "compiler/tools/Compile.h"
#include "compiler/tools/Plugins.h"
#include "compiler/tools/bisect/Localize.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;
using namespace tern;
using namespace tern::bisect;

static constexpr int usageError = 2;

static cl::OptionCategory category("tern-bisect options");
static cl::opt<std::string> file(cl::Positional, cl::Required, cl::desc("MODEL.mlir"), cl::cat(category));
static cl::list<std::string> inputs("input", cl::desc("tensors by role or parameter name, .json or .safetensors"),
                                    cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string> objective("objective", cl::desc("causal-lm, or none for the model's own @loss"),
                                      cl::init("none"), cl::cat(category));
static cl::opt<int64_t> batch("batch", cl::desc("examples in a micro-batch"), cl::init(1), cl::cat(category));
static cl::opt<int64_t> sequence("seq", cl::desc("tokens in a training sequence"), cl::init(0), cl::cat(category));
static cl::opt<std::string> precision("precision", cl::desc("f32 or f64"), cl::init("f32"), cl::cat(category));
static cl::opt<std::string> optimizer("optimizer", cl::desc("adamw, sgd or none"), cl::init("adamw"), cl::cat(category));
static cl::opt<std::string> remat("remat", cl::desc("none or layer"), cl::init("none"), cl::cat(category));
static cl::list<std::string> defines("define", cl::desc("override a hyperparameter"), cl::value_desc("NAME=VALUE"),
                                     cl::cat(category));
static cl::opt<std::string> cpu("mcpu", cl::desc("native, x86-64-v2, x86-64-v3 or x86-64-v4"), cl::init("native"),
                                cl::cat(category));
static cl::opt<double> tolerance("tolerance",
                                 cl::desc("largest difference, relative to the largest number of the tensor"),
                                 cl::init(0), cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("of inputs and parameters"), cl::init(1), cl::cat(category));
static cl::opt<int64_t> classes("classes", cl::desc("random integers, such as tokens, are below this; 0: below the vocabulary"), cl::init(0),
                                cl::cat(category));
static cl::opt<bool> quiet("quiet", cl::desc("print the result only"), cl::cat(category));

static int fail(Error error, int status = 1) {
  errs() << "tern-bisect: " << toString(std::move(error)) << "\n";
  return status;
}

static Expected<PipelineOptions> pipelineOptions() {
  PipelineOptions options;
  options.objective = objective;
  options.batch = batch;
  options.seq = sequence;
  options.precision = precision;
  options.optimizer = optimizer;
  options.remat = remat;
  for (const std::string &define : defines)
    if (Error error = addDefine(options, define))
      return std::move(error);
  if (Error error = addToolOptions(options))
    return std::move(error);
  return options;
}

static int bisectModel(Compilation &compilation, Setup &setup) {
  Expected<Culprit> culprit = findPass(compilation.module(), setup);
  if (!culprit)
    return fail(culprit.takeError());
  if (culprit->number == 0) {
    outs() << "-O0 and -O3 agree: the worst difference is " << format("%.1e", culprit->verdict.worst.relative) << " of "
           << describe(culprit->verdict.worst) << "\n";
    return 0;
  }
  outs() << "pass: " << nameOfStep(setup, culprit->step) << "\n";
  auto [broken, why] = transform(compilation.module(), prefix(setup.steps, culprit->step));
  if (!broken.empty())
    return fail(createStringError("in " + broken + ": " + why));
  Suspect suspect(setup, culprit->step);
  std::optional<Site> site = findOp(compilation.module(), suspect);
  if (!site) { outs() << "no op\n"; return 1; }
  outs() << "op: " << site->op->getName() << " " << site->op->getLoc() << " layer " << site->layer << " " << describe(site->verdict.worst) << "\n";
  return 1;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  registerToolOptions();
  if (!loadPlugins(argc, argv))
    return 1;
  cl::HideUnrelatedOptions(category);
  if (!parseToolOptions(argc, argv, "tern-bisect: finds the pass and the op at which -O3 computes something else than -O0.\n"))
    return usageError;
  Expected<PipelineOptions> options = pipelineOptions();
  if (!options)
    return fail(options.takeError(), usageError);
  Expected<CodeTarget> target = createTarget(cpu, 3);
  if (!target)
    return fail(target.takeError());
  describeMachine(*options, *target);

  Compilation compilation;
  compilation.context().disableMultithreading(); // every evaluation forks
  if (mlir::failed(compilation.read(file)))
    return 1;
  Setup setup{listSteps(*options), {}, tolerance > 0 ? tolerance : precision == "f64" ? 1e-9 : 1e-4, quiet ? nulls() : outs()};
  setup.machine.cpu = cpu;
  setup.machine.info = compilation.describe(*options, *target);
  setup.machine.feed.seed = seed;
  setup.machine.feed.classes = classes;
  for (const std::string &path : inputs)
    if (Error error = addFile(setup.machine.feed, path))
      return fail(std::move(error));
  return bisectModel(compilation, setup);
}
