// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ternc: a model file becomes a program.

#include "compiler/support/Version.h"
#include "compiler/tools/Compile.h"
#include "compiler/tools/Explain.h"
#include "compiler/tools/MemoryReport.h"
#include "compiler/tools/Observation.h"
#include "compiler/tools/Page.h"
#include "compiler/tools/ProgramFile.h"
#include "compiler/tools/import/Import.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

#include <chrono>

using namespace llvm;
using namespace tern;

static constexpr int usageError = 2;

static cl::OptionCategory category("ternc options");
static cl::opt<std::string> model(cl::Positional, cl::desc("MODEL.mlir"), cl::cat(category));
static cl::opt<std::string> output("o", cl::desc("output file"), cl::value_desc("file"), cl::cat(category));
static const std::string objectiveHelp = "what training minimises: " + objectiveWords() + " for the model's own @loss";
static const std::string optimizerHelp = "how it moves: " + optimizerWords();
static cl::opt<std::string> objective("objective", cl::desc(objectiveHelp), cl::init("none"), cl::cat(category));
static cl::opt<int64_t> batch("batch", cl::desc("examples in a micro-batch"), cl::init(1), cl::cat(category));
static cl::opt<int64_t> sequence("seq", cl::desc("tokens in a training sequence"), cl::init(0), cl::cat(category));
static cl::opt<int64_t> context("context", cl::desc("tokens that a sequence may reach in generation (default: those of --seq)"),
                                cl::init(0), cl::cat(category));
static cl::opt<int64_t> slots("slots", cl::desc("sequences that are generated at a time"), cl::init(1), cl::cat(category));
static cl::opt<int64_t> prefill("prefill", cl::desc("tokens of a chunk of a prompt; 0: no entries for generation"), cl::init(64),
                                cl::cat(category));
static cl::opt<std::string> precision("precision", cl::desc("f32, f64, or bf16: products of bf16, the rest f32"),
                                      cl::init("f32"), cl::cat(category));
static cl::opt<std::string> f32("f32", cl::desc("how f32 is multiplied on tile registers: auto, exact, split6, split3"),
                                cl::init("auto"), cl::cat(category));
static cl::opt<std::string> layouts("layouts",
                                    cl::desc("of weights that never change: auto packs them for products when they are loaded; none"),
                                    cl::init("auto"), cl::cat(category));
static cl::opt<std::string> cpu("mcpu", cl::desc("what runs it: native, x86-64-v4+avx512bf16, a processor, several with commas, all; "
                                                 "help lists them"),
                                cl::init("native"), cl::cat(category));
static cl::opt<unsigned> level("O", cl::Prefix, cl::desc("0: plain loops, the reference; 3: fast"), cl::init(3),
                               cl::cat(category));
static cl::list<std::string> defines("define", cl::desc("override a hyperparameter"), cl::value_desc("NAME=VALUE"),
                                     cl::cat(category));
static cl::opt<std::string> optimizer("optimizer", cl::desc(optimizerHelp), cl::init("adamw"), cl::cat(category));
static cl::list<std::string> noDecay("no-decay", cl::CommaSeparated, cl::desc("parameters that weight decay leaves alone: *.bias,wte.*"),
                                     cl::value_desc("patterns"), cl::cat(category));
static cl::opt<bool> ema("ema", cl::desc("training also keeps an exponential moving average of the weights"), cl::cat(category));
static cl::opt<bool> taps("taps", cl::desc("@forward also returns the activations marked with tern.tap"),
                          cl::cat(category));
static cl::opt<std::string> remat("remat",
                                  cl::desc("none: keep activations; selective: recompute cheap ones; layer: recompute each layer; "
                                           "auto: selective, with --precision=bf16 none"),
                                  cl::init("auto"), cl::cat(category));
static cl::opt<std::string> tokenizer("tokenizer", cl::desc("default tokenizer of the program"), cl::cat(category));
static cl::opt<std::string> emit("emit",
                                 cl::desc("stop at: model, tensor, buffer, llvm, llvm-ir, asm, obj, shared, exe; html: a page that "
                                          "shows what every pass did"),
                                 cl::init("exe"), cl::cat(category));
static cl::list<std::string> reports("report", cl::desc("memory: bytes by class; copies: every copy and why"),
                                     cl::CommaSeparated, cl::cat(category));
static cl::opt<std::string> explained("explain",
                                      cl::desc("print what becomes of the op of the model file at LINE, LINE:COLUMN or "
                                               "FILE:LINE:COLUMN, down to instructions or to the floor of --emit, its cost and its memory"),
                                      cl::value_desc("place"), cl::cat(category));
static cl::opt<bool> json("json", cl::desc("reports as JSON"), cl::cat(category));
static cl::opt<std::string> linker("linker", cl::desc("compiler driver that links the program"), cl::value_desc("path"),
                                   cl::cat(category));
static cl::opt<bool> saveTemps("save-temps", cl::desc("keep the IR of every stage beside the output"),
                               cl::cat(category));
static cl::opt<bool> quiet("quiet", cl::desc("print nothing but errors"), cl::cat(category));
static cl::opt<bool> verbose("v", cl::desc("print the time of every step"), cl::cat(category));

static int fail(Error error) {
  errs() << "ternc: " << toString(std::move(error)) << "\n";
  return 1;
}

static bool isOneOf(StringRef option, StringRef value, ArrayRef<StringRef> choices) {
  if (is_contained(choices, value))
    return true;
  errs() << "ternc: --" << option << "=" << value << ": expected " << join(choices, ", ") << "\n";
  return false;
}

static bool wantsReport(StringRef name) { return is_contained(reports, name); }

// Where --explain ends.
static std::optional<Stage> explainedFloor() {
  if (emit.getNumOccurrences() == 0)
    return Stage::LLVM;
  for (Stage stage : allStages)
    if (emit == nameOf(stage))
      return stage;
  return std::nullopt;
}

static bool checkExplain() {
  if (explained.getNumOccurrences() == 0)
    return true;
  if (!reports.empty() || (emit.getNumOccurrences() && !explainedFloor())) {
    errs() << "ternc: --explain prints text instead of a program: leave --report away, and let --emit name the floor where it "
              "ends (model, tensor, buffer, llvm)\n";
    return false;
  }
  Expected<Place> place = parsePlace(explained);
  if (!place)
    errs() << "ternc: " << toString(place.takeError()) << "\n";
  return bool(place);
}

static bool checkReports() {
  bool good = true;
  for (const std::string &report : reports)
    good &= isOneOf("report", report, {"memory", "copies"});
  bool hasNoBuffers = emit == "model" || emit == "tensor", isOnThePage = emit == "html" && wantsReport("memory");
  if (reports.empty() || (!hasNoBuffers && !isOnThePage))
    return good;
  errs() << "ternc: --report has nothing to print with --emit=" << emit
         << ": let --emit name buffer or a later stage, or leave it away\n";
  return false;
}

static bool checkUsage() {
  bool good = isOneOf("emit", emit, {"model", "tensor", "buffer", "llvm", "llvm-ir", "asm", "obj", "shared", "exe", "html"});
  good &= checkReports();
  if (model.empty()) {
    errs() << "ternc: MODEL.mlir is missing: name a model file, or - for standard input\n";
    good = false;
  }
  if (level != 0 && level != 3) {
    errs() << "ternc: -O" << level << ": expected -O0 or -O3\n";
    good = false;
  }
  if (batch < 1 || sequence < 0) {
    errs() << "ternc: --batch must be at least 1 and --seq at least 0\n";
    good = false;
  }
  if (context < 0 || slots < 1 || prefill < 0) {
    errs() << "ternc: --slots must be at least 1, --context and --prefill at least 0\n";
    good = false;
  }
  if (saveTemps && (emit == "html" || explained.getNumOccurrences())) {
    errs() << "ternc: --save-temps keeps the stages of a program: leave it away with --explain and --emit=html\n";
    good = false;
  }
  good &= checkExplain();
  bool isBinary = !explained.getNumOccurrences() && (emit == "obj" || emit == "shared" || emit == "exe");
  bool endsAtReport = emit == "exe" && wantsReport("memory");
  if (isBinary && output.empty() && !endsAtReport) {
    errs() << "ternc: -o is missing: say where the program goes\n";
    good = false;
  }
  return good;
}

static Expected<PipelineOptions> pipelineOptions() {
  if (wantsReport("copies"))
    alsoObserve("explain-copies");
  PipelineOptions options;
  options.objective = objective;
  options.batch = batch;
  options.seq = sequence;
  options.context = context;
  options.slots = slots;
  options.prefill = prefill;
  options.precision = precision;
  options.f32 = f32;
  options.layouts = layouts;
  options.optimizer = optimizer;
  options.noDecay = noDecay;
  options.ema = ema;
  options.remat = remat;
  options.taps = taps;
  options.optimizationLevel = level;
  for (const std::string &define : defines)
    if (Error error = addDefine(options, define))
      return std::move(error);
  if (Error error = addToolOptions(options))
    return std::move(error);
  return options;
}

// To the file, or to standard output without -o.
static Error writeOutput(function_ref<Error(raw_pwrite_stream &)> write) {
  if (!output.empty() && output != "-")
    return writeAtomically(output, write);
  SmallString<0> text;
  raw_svector_ostream stream(text);
  Error error = write(stream);
  outs() << text;
  return error;
}

static Error writeText(function_ref<void(raw_ostream &)> print) {
  return writeOutput([&](raw_pwrite_stream &out) {
    print(out);
    return Error::success();
  });
}

static Error saveStage(StringRef suffix, function_ref<void(raw_ostream &)> print) {
  if (!saveTemps)
    return Error::success();
  std::string base = output.empty() || output == "-" ? sys::path::stem(model).str() : output.getValue();
  return writeAtomically(base + "." + suffix.str(), [&](raw_pwrite_stream &out) {
    print(out);
    return Error::success();
  });
}

// What must be about one target, and where a program can be linked.
static Error checkTargets(ArrayRef<Variant> variants) {
  bool isBelowModel = explained.getNumOccurrences() || !reports.empty() || is_contained({"tensor", "buffer", "llvm", "html"}, emit);
  if (variants.size() > 1 && isBelowModel) {
    std::string names;
    for (const Variant &variant : variants)
      names += (names.empty() ? "" : ", ") + variant.options.target;
    return createStringError("--mcpu=" + cpu + " is " + Twine(variants.size()) + " targets, and everything below the model floor is "
                             "made for each: let --mcpu name one of " + names);
  }
  Triple triple = variants.front().target.machine->getTargetTriple(), here(sys::getDefaultTargetTriple());
  bool isLinked = emit == "exe" || (emit == "shared" && linker.empty());
  if (triple.getArch() == here.getArch() || !isLinked || explained.getNumOccurrences() || (output.empty() && !reports.empty()))
    return Error::success();
  return createStringError("programs for " + triple.getArchName() + " are not linked on " + here.getArchName() +
                           ": make an object here with --emit=obj, and link it there with libternrt.a and a C++ compiler");
}

// Lowers floor by floor. True when what --emit and --report asked for has been written. `tag` tells variants apart in the names
// of kept files.
static Expected<bool> walkDown(Compilation &compilation, const PipelineOptions &options, ArrayRef<Stage> stages, StringRef tag) {
  for (Stage stage : stages) {
    StringRef name = nameOf(stage);
    if (mlir::failed(compilation.lower(stage, options)))
      return createStringError("stopped on the " + name + " floor");
    auto print = [&](raw_ostream &out) {
      compilation.module().print(out);
      out << "\n";
    };
    if (Error error = saveStage((tag + name + ".mlir").str(), print))
      return std::move(error);
    if (stage == Stage::Buffer && wantsReport("memory")) {
      printMemoryReport(compilation.module(), json, outs());
      if (output.empty() && emit == "exe")
        return true;
    }
    if (emit != name)
      continue;
    if (Error error = writeText(print))
      return std::move(error);
    return true;
  }
  return false;
}

// One variant from the model floor to LLVM IR. Null when --emit and --report have all they asked for.
static Expected<std::unique_ptr<llvm::Module>> translateVariant(Compilation &compilation, LLVMContext &context,
                                                                const Variant &variant, bool isAlone) {
  std::string tag = isAlone ? "" : variant.options.target + ".";
  Expected<bool> done = walkDown(compilation, variant.options, ArrayRef(allStages).drop_front(), tag);
  if (!done)
    return done.takeError();
  if (*done)
    return nullptr;
  ProgramInfo info = compilation.describe(variant.options, variant.target);
  if (!tokenizer.empty())
    info.tokenizer = tokenizer;
  std::unique_ptr<llvm::Module> program = compilation.translate(context, variant.target, variant.options, info);
  if (!program)
    return createStringError("no LLVM IR could be made");
  if (!isAlone)
    renameVariant(*program, variant.target.isa);
  return program;
}

// All variants in one module, with the table by which one is picked.
static Expected<std::unique_ptr<llvm::Module>> translateAll(Compilation &compilation, LLVMContext &context,
                                                            ArrayRef<Variant> variants) {
  mlir::OwningOpRef<mlir::ModuleOp> model = compilation.copy();
  std::unique_ptr<llvm::Module> whole;
  std::vector<VariantRow> rows;
  for (const Variant &variant : variants) {
    if (!rows.empty())
      compilation.goOnFrom(*model, Stage::Model);
    auto program = translateVariant(compilation, context, variant, variants.size() == 1);
    if (!program || !*program)
      return program;
    if (!whole)
      whole = std::move(*program);
    else if (Error error = addVariant(*whole, std::move(*program)))
      return std::move(error);
    rows.push_back({variant.target.isa, requiredFeatures(*variant.target.machine).bits});
  }
  addVariantTable(*whole, rows);
  return whole;
}

/// Does a step that is reported, and in the tree of --mlir-timing.
static Error timed(Compilation &compilation, StringRef step, StringRef title, function_ref<Error()> work) {
  auto began = std::chrono::steady_clock::now();
  mlir::TimingScope timing = compilation.time(title);
  Error error = work();
  compilation.report(step, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return error;
}

static Error compile(Compilation &compilation, const PipelineOptions &options) {
  Expected<std::vector<Variant>> variants = selectVariants(cpu, options);
  if (!variants)
    return variants.takeError();
  if (Error error = checkTargets(*variants))
    return error;
  const Variant &first = variants->front();
  if (explained.getNumOccurrences())
    return writeOutput([&](raw_pwrite_stream &out) {
      return explain(compilation, first.options, cantFail(parsePlace(explained)), *explainedFloor(), out);
    });
  if (emit == "html")
    return writeOutput([&](raw_pwrite_stream &out) { return writePage(compilation, first.options, first.target.isa, out); });
  Expected<bool> done = walkDown(compilation, first.options, Stage::Model, "");
  if (!done)
    return done.takeError();
  if (*done)
    return Error::success();

  LLVMContext llvmContext;
  Expected<std::unique_ptr<llvm::Module>> program = translateAll(compilation, llvmContext, *variants);
  if (!program || !*program)
    return program.takeError();
  bool isLinked = emit == "exe" || emit == "shared";
  ProgramFile file{output, linker, emit == "shared", saveTemps};
  if (isLinked && !saveTemps)
    return timed(compilation, "code", "optimize and write code", [&]() -> Error {
      Expected<std::vector<SmallString<0>>> objects = compileInParts(**program, *first.target.machine, options.optimizationLevel);
      return objects ? writeProgram(*objects, file) : objects.takeError();
    });

  compilation.optimize(**program, first.target, options);
  auto print = [&](raw_ostream &out) { (*program)->print(out, nullptr); };
  if (Error error = saveStage("ll", print))
    return error;
  if (emit == "llvm-ir")
    return writeText(print);
  return timed(compilation, "code", "write code", [&]() -> Error {
    auto write = [&](raw_pwrite_stream &out) {
      return writeCode(**program, *first.target.machine, emit == "asm" ? CodeFormat::Assembly : CodeFormat::Object, out);
    };
    if (!isLinked)
      return writeOutput(write);
    SmallString<0> object;
    raw_svector_ostream stream(object);
    Error error = write(stream);
    return error ? std::move(error) : writeProgram(object, file);
  });
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  if (argc > 1 && StringRef(argv[1]) == "import")
    return runImport(ArrayRef<const char *>(argv, argc).drop_front(2));
  if (!registerToolOptions(argc, argv))
    return 1;
  showToolOptions(category);
  cl::SetVersionPrinter([](raw_ostream &out) { out << "tern " TERN_FULL_VERSION "\n"; });
  if (!parseToolOptions(
          argc, argv,
          "ternc: compiles a model file to a program.\nternc import PATH: makes a model file of a published model.\n"
          "--help-hidden adds the options of MLIR and LLVM.\n"))
    return usageError;
  if (listTargets(cpu))
    return 0;
  if (!checkUsage())
    return usageError;
  Expected<PipelineOptions> options = pipelineOptions();
  if (!options) {
    errs() << "ternc: " << toString(options.takeError()) << "\n";
    return usageError;
  }

  auto began = std::chrono::steady_clock::now();
  if (emit == "html" || explained.getNumOccurrences())
    keepRemarks();
  Compilation compilation;
  if (verbose)
    compilation.report = [](StringRef step, double seconds) { errs() << formatv("{0,-10} {1:f3} s\n", step, seconds); };
  if (mlir::failed(compilation.read(model)))
    return 1;
  if (Error error = compile(compilation, *options))
    return fail(std::move(error));
  if (verbose)
    compilation.report("total", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  if (!quiet && emit == "exe" && !explained.getNumOccurrences() && !output.empty()) {
    uint64_t bytes = 0;
    sys::fs::file_size(output, bytes);
    outs() << formatv("{0}: {1:f1} MB in {2:f1} s\n", output, bytes / 1e6,
                      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  return 0;
}
