// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-run: runs the tests of a file, or checks the gradients or the plan of a model, in this process.

#include "compiler/tools/Compile.h"
#include "compiler/tools/DeterminismTests.h"
#include "compiler/tools/FunctionProgram.h"
#include "compiler/tools/GradientTests.h"
#include "compiler/tools/PlanCheck.h"
#include "compiler/tools/TestProgram.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;
using namespace tern;

static constexpr int usageError = 2;

// LLVM has an option of this name for its own link-time optimization; two of one name are a fatal error.
static const bool isThreadsFree = [] {
  auto &options = cl::getRegisteredOptions();
  if (auto found = options.find("threads"); found != options.end())
    found->second->removeArgument();
  return true;
}();

static cl::OptionCategory category("tern-run options");
static cl::opt<std::string> file(cl::Positional, cl::Required, cl::desc("FILE.mlir"), cl::cat(category));
static cl::opt<unsigned> level("O", cl::Prefix, cl::desc("0: plain loops, the reference; 3: fast"), cl::init(3),
                               cl::cat(category));
static cl::opt<unsigned> threads("threads", cl::desc("threads that run each test"), cl::init(1), cl::cat(category));
static cl::opt<std::string> cpu("mcpu", cl::desc("native, x86-64-v3, x86-64-v4+avx512bf16, a processor; help lists all"),
                                cl::init("native"), cl::cat(category));
static cl::opt<bool> checkGradient("check-gradient",
                                   cl::desc("compare the gradients of a model with central differences"),
                                   cl::cat(category));
static cl::opt<std::string> objective("objective", cl::desc("of a model, as in ternc"), cl::init("none"),
                                      cl::cat(category));
static cl::opt<std::string> checkPlanOf("check-plan", cl::ValueOptional, cl::value_desc("FILE"),
                                        cl::desc("run nothing; check the MEM, FLOPS and BYTES comments of FILE, or of "
                                                 "the program itself, against its static plan"),
                                        cl::cat(category));
static cl::opt<int64_t> batch("batch", cl::desc("of a model, as in ternc"), cl::init(2), cl::cat(category));
static cl::opt<int64_t> sequence("seq", cl::desc("of a model, as in ternc"), cl::init(8), cl::cat(category));
static cl::list<std::string> defines("define", cl::desc("override a hyperparameter"), cl::value_desc("NAME=VALUE"),
                                     cl::cat(category));
static cl::opt<std::string> remat("remat", cl::desc("auto, none, selective or layer"), cl::init("auto"), cl::cat(category));
static cl::opt<std::string> optimizer("optimizer", cl::desc("as in ternc"), cl::init("adamw"),
                                      cl::cat(category));
static cl::opt<std::string> precision("precision", cl::desc("f32, f64, or bf16: products of bf16, the rest f32"),
                                      cl::init("f32"), cl::cat(category));
static cl::opt<std::string> layouts("layouts", cl::desc("of weights that never change: auto packs them for products; none"),
                                    cl::init("auto"), cl::cat(category));
static cl::opt<std::string> f32("f32", cl::desc("how f32 is multiplied on tile registers: auto, exact, split6, split3"),
                                cl::init("auto"), cl::cat(category));
static cl::opt<double> tolerance("tolerance", cl::desc("largest error of a gradient"), cl::init(1e-6),
                                 cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("of random inputs and directions"), cl::init(1), cl::cat(category));

static int fail(Error error) {
  errs() << "tern-run: " << toString(std::move(error)) << "\n";
  return 1;
}

static FailureOr<std::vector<Directive>> directivesFor(Compilation &compilation) {
  if (checkPlanOf.empty())
    return readDirectives(file, compilation.source(), compilation.context());
  auto text = MemoryBuffer::getFile(checkPlanOf, /*IsText=*/true);
  if (text)
    return readDirectives(checkPlanOf, (*text)->getBuffer(), compilation.context());
  errs() << "tern-run: " << checkPlanOf << ": " << text.getError().message() << "\n";
  return failure();
}

// A program without expectations is told what they could be.
static int runPlanCheck(Compilation &compilation, ArrayRef<Directive> directives, const PipelineOptions &options) {
  if (failed(compilation.lower(Stage::Buffer, options)))
    return 1;
  if (!directives.empty())
    return checkPlan(directives, compilation.module(), threads, outs()) ? 0 : 1;
  errs() << "tern-run: nothing to check: " << (checkPlanOf.empty() ? file : checkPlanOf)
         << (checkPlanOf.getNumOccurrences() ? " has no" : " has no @test_* function and no")
         << " MEM, FLOPS or BYTES comment. The plan says:\n";
  printPlan(compilation.module(), threads, errs());
  return 1;
}

static int runTests(Compilation &compilation, ArrayRef<Test> tests, const PipelineOptions &options,
                    const CodeTarget &target) {
  if (failed(compilation.lower(Stage::LLVM, options)))
    return 1;
  LLVMContext context;
  std::unique_ptr<llvm::Module> program =
      compilation.translate(context, target, options, compilation.describe(options, target));
  if (!program)
    return 1;
  compilation.optimize(*program, target, options);
  auto jit = Jit::create(*program, target, threads);
  if (!jit)
    return fail(jit.takeError());
  unsigned failures = 0;
  for (const Test &test : tests) {
    std::string details;
    raw_string_ostream stream(details);
    bool good = runTest(**jit, test, stream);
    failures += !good;
    outs() << (good ? "PASS: " : "FAIL: ") << test.name << "\n" << details;
  }
  return failures ? 1 : 0;
}

// Tests, checks that name functions, and what the program may cost. A file without tests is a model.
static int runFile(const PipelineOptions &options, const CodeTarget &target) {
  Compilation compilation;
  if (failed(compilation.read(file)))
    return 1;
  FailureOr<std::vector<Directive>> directives = directivesFor(compilation);
  if (failed(directives))
    return 1;
  if (!holdsTests(compilation.module()) && !holdsFunctionChecks(compilation.module()))
    return runPlanCheck(compilation, *directives, options);
  mlir::OwningOpRef<mlir::ModuleOp> functions(compilation.module().clone()); // tests leave checks of functions out
  auto tests = makeTests(compilation.module());
  if (failed(tests))
    return 1;
  bool isPlanOnly = checkPlanOf.getNumOccurrences() > 0;
  if (tests->empty() && (isPlanOnly || !directives->empty()))
    return fail(createStringError(file + " has no program to plan: it only holds checks of functions, no @test_*"));
  if (isPlanOnly)
    return runPlanCheck(compilation, *directives, options);
  unsigned failures = runGradientChecks(*functions, options, target, outs());
  failures += runDeterminismChecks(*functions, options, target, outs());
  if (!directives->empty())
    failures += runPlanCheck(compilation, *directives, options);
  if (!tests->empty())
    failures += runTests(compilation, *tests, options, target);
  return failures ? 1 : 0;
}

static int runModelCheck(const PipelineOptions &options, const CodeTarget &target) {
  GradientOptions check;
  check.seed = seed;
  check.tolerance = tolerance;
  Expected<bool> good = checkModelGradients(file, options, target, check, outs());
  if (!good)
    return fail(good.takeError());
  outs() << (*good ? "PASS" : "FAIL") << "\n";
  return *good ? 0 : 1;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  if (!registerToolOptions(argc, argv))
    return 1;
  showToolOptions(category);
  if (!parseToolOptions(argc, argv, "tern-run: runs the tests of a file and checks what its program costs.\n"))
    return usageError;
  PipelineOptions options;
  options.objective = objective;
  options.batch = batch;
  options.seq = sequence;
  options.remat = remat;
  options.optimizer = optimizer;
  options.precision = precision;
  options.f32 = f32;
  options.layouts = layouts;
  options.optimizationLevel = level;
  for (const std::string &define : defines)
    if (Error error = addDefine(options, define)) {
      errs() << "tern-run: " << toString(std::move(error)) << "\n";
      return usageError;
    }
  if (Error error = addToolOptions(options)) {
    errs() << "tern-run: " << toString(std::move(error)) << "\n";
    return usageError;
  }
  if ((level != 0 && level != 3) || threads < 1 || batch < 1 || sequence < 0) {
    errs() << "tern-run: expected -O0 or -O3, --threads and --batch of at least 1, --seq of at least 0\n";
    return usageError;
  }
  Expected<CodeTarget> target = selectTarget(cpu, options);
  if (!target)
    return fail(target.takeError());
  return checkGradient ? runModelCheck(options, *target) : runFile(options, *target);
}
