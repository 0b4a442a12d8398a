// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-bisect: which pass makes a model compute something else, at which op, and a small file that shows it.

#include "compiler/tools/Compile.h"
#include "compiler/tools/bisect/Report.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;
using namespace tern;
using namespace tern::bisect;

static constexpr int usageError = 2;

static cl::OptionCategory category("tern-bisect options");
static cl::opt<std::string> file(cl::Positional, cl::Required, cl::desc("MODEL.mlir"), cl::cat(category));
static cl::opt<std::string> output("o", cl::desc("the small file (default: MODEL.PASS.mlir in this folder)"),
                                   cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string>
    pass("pass",
         cl::desc("compare the functions of a file with and without this pass: its text, or its place, as in "
                  "buffer:stash-in-place"),
         cl::value_desc("pass"), cl::cat(category));
static cl::list<std::string> inputs("input", cl::desc("tensors by role or parameter name, .json or .safetensors"),
                                    cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string> objective("objective", cl::desc("as in ternc"),
                                      cl::init("none"), cl::cat(category));
static cl::opt<int64_t> batch("batch", cl::desc("examples in a micro-batch"), cl::init(1), cl::cat(category));
static cl::opt<int64_t> sequence("seq", cl::desc("tokens in a training sequence"), cl::init(0), cl::cat(category));
static cl::opt<std::string> precision("precision", cl::desc("f32, f64, or bf16: products of bf16, the rest f32"),
                                      cl::init("f32"), cl::cat(category));
static cl::opt<std::string> f32("f32", cl::desc("how f32 is multiplied on tile registers: auto, exact, split6, split3"),
                                cl::init("auto"), cl::cat(category));
static cl::opt<std::string> optimizer("optimizer", cl::desc("as in ternc"), cl::init("adamw"),
                                      cl::cat(category));
static cl::opt<std::string> remat("remat", cl::desc("auto, none, selective or layer"), cl::init("auto"), cl::cat(category));
static cl::list<std::string> defines("define", cl::desc("override a hyperparameter"), cl::value_desc("NAME=VALUE"),
                                     cl::cat(category));
static cl::opt<std::string> cpu("mcpu", cl::desc("native, x86-64-v3, x86-64-v4+avx512bf16, a processor; help lists all"),
                                cl::init("native"), cl::cat(category));
static cl::opt<double> tolerance("tolerance",
                                 cl::desc("largest difference, relative to the largest number of the tensor (default: "
                                          "1e-4, with f64 1e-9; for one pass a tenth)"),
                                 cl::init(0), cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("of inputs and parameters"), cl::init(1), cl::cat(category));
static cl::opt<int64_t> classes("classes",
                                cl::desc("random integers, such as tokens, are below this (default: the vocabulary)"),
                                cl::init(0), cl::cat(category));
static cl::opt<unsigned> seconds("timeout", cl::desc("seconds that one evaluation may take"), cl::init(300),
                                 cl::cat(category));
static cl::opt<bool> quiet("quiet", cl::desc("print the result only"), cl::cat(category));

static int fail(Error error, int status = 1) {
  errs() << "tern-bisect: " << toString(std::move(error)) << "\n";
  return status;
}

static Error checkUsage() {
  if (batch < 1 || sequence < 0 || tolerance < 0 || classes < 0 || seconds < 1)
    return createStringError("--batch and --timeout must be at least 1, --seq, --tolerance and --classes at least 0");
  return Error::success();
}

static Expected<PipelineOptions> pipelineOptions() {
  if (Error error = checkUsage())
    return std::move(error);
  PipelineOptions options;
  options.objective = objective;
  options.batch = batch;
  options.seq = sequence;
  options.precision = precision;
  options.f32 = f32;
  options.layouts = "none"; // weights are compared as files hold them; and one pass of two for one form cannot be left out
  options.prefill = 0;      // entries are run on random numbers, which are no positions
  options.optimizer = optimizer;
  options.remat = remat;
  for (const std::string &define : defines)
    if (Error error = addDefine(options, define))
      return std::move(error);
  if (Error error = addToolOptions(options))
    return std::move(error);
  return options;
}

/// The plugins of a command line, by their whole paths.
static std::string pluginOptions(ArrayRef<char *> argv) {
  std::string text;
  for (size_t index = 1; index < argv.size(); ++index) {
    StringRef argument = argv[index];
    if (!argument.consume_front("--load-pass-plugin") && !argument.consume_front("-load-pass-plugin"))
      continue;
    SmallString<128> path(argument.consume_front("=") ? argument
                                                      : StringRef(index + 1 < argv.size() ? argv[index + 1] : ""));
    sys::fs::make_absolute(path);
    text += " --load-pass-plugin=" + path.str().str();
  }
  return text;
}

static std::string insertionOptions(const PipelineOptions &options) {
  std::string text;
  for (const Insertion &insertion : options.insertions)
    text += " --insert-pass='" + std::string(insertion.after ? "after:" : "before:") + insertion.anchor + ":" +
            insertion.pass + "'";
  return text;
}

/// What changes the numbers of a small file.
static std::string numberOptions() {
  std::string text;
  if (precision != "f32")
    text += " --precision=" + precision;
  if (tolerance > 0)
    text += formatv(" --tolerance={0:g}", tolerance.getValue()).str();
  if (seed != 1)
    text += " --seed=" + std::to_string(seed);
  if (classes != 0)
    text += " --classes=" + std::to_string(classes);
  return text;
}

static std::string shapeOptions() {
  return " --batch=" + std::to_string(batch) + (sequence > 0 ? " --seq=" + std::to_string(sequence) : "");
}

static std::string defineOptions() {
  std::string text;
  for (const std::string &define : defines)
    text += " --define=" + define;
  return text;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  std::vector<char *> all(argv, argv + argc); // loading takes the plugins out
  if (!registerToolOptions(argc, argv))
    return 1;
  showToolOptions(category);
  if (!parseToolOptions(argc, argv,
                        "tern-bisect: finds the pass and the op at which -O3 computes something else than -O0.\n"))
    return usageError;
  Expected<PipelineOptions> pipeline = pipelineOptions();
  if (!pipeline)
    return fail(pipeline.takeError(), usageError);
  Expected<CodeTarget> target = selectTarget(cpu, *pipeline);
  if (!target)
    return fail(target.takeError());

  Compilation compilation;
  compilation.context().disableMultithreading(); // every evaluation forks
  if (mlir::failed(compilation.read(file)))
    return 1;
  double largest = tolerance > 0 ? tolerance : precision == "f64" ? 1e-9 : 1e-4;
  Setup setup{listSteps(*pipeline), {}, largest, largest / 10, quiet ? nulls() : outs()};
  setup.machine = {cpu, compilation.describe(*pipeline, *target), {seed, classes, {}}, seconds};
  for (const std::string &path : inputs)
    if (Error error = addFile(setup.machine.feed, path))
      return fail(std::move(error));
  Report report{
      file,  output, pluginOptions(all), insertionOptions(*pipeline), numberOptions(), shapeOptions(), defineOptions(),
      setup, outs()};
  Expected<bool> agrees = pass.empty() ? report.bisect(compilation.module()) : report.check(compilation.module(), pass);
  if (!agrees)
    return fail(agrees.takeError());
  return *agrees ? 0 : 1;
}
