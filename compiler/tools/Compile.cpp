// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The walk down the floors.

#include "compiler/tools/Compile.h"

#include "compiler/Register.h"
#include "compiler/derive/Objectives.h"
#include "compiler/derive/Optimizers.h"
#include "compiler/support/Version.h"
#include "compiler/tools/Observation.h"
#include "compiler/tools/Plugins.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/Timing.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/SourceMgr.h"

#include <chrono>

using namespace mlir;
using namespace tern;

static llvm::cl::list<std::string> insertPasses("insert-pass", llvm::cl::desc("put a pass beside one of the corridor"),
                                                llvm::cl::value_desc("after:ANCHOR:PASS"));
// Never set: plugins are loaded before options are parsed (Plugins.h). Here for --help.
static llvm::cl::list<std::string> plugins("load-pass-plugin", llvm::cl::desc("a shared object that brings passes"),
                                           llvm::cl::value_desc("file.so"));

static void sayWhoCrashed(void *);

bool tern::registerToolOptions(int &argc, char **argv) {
  llvm::sys::AddSignalHandler(sayWhoCrashed, nullptr);
  registerPasses();
  if (!loadPlugins(argc, argv))
    return false;
  registerAsmPrinterCLOptions();
  registerMLIRContextCLOptions();
  registerPassManagerCLOptions();
  registerDefaultTimingManagerCLOptions();
  registerObservation();
  return true;
}

void tern::showToolOptions(llvm::cl::OptionCategory &category) {
  for (auto &[name, option] : llvm::cl::getRegisteredOptions()) {
    if (llvm::is_contained({"insert-pass", "load-pass-plugin", "remarks"}, name))
      option->addCategory(category);
    // LLVM's own category, of --help and --version, has no name in its interface.
    bool isShown = llvm::any_of(option->Categories, [&](llvm::cl::OptionCategory *one) {
      return one == &category || one->getName() == "Generic Options";
    });
    if (!isShown && option->getOptionHiddenFlag() == llvm::cl::NotHidden)
      option->setHiddenFlag(llvm::cl::Hidden);
  }
}

/// LLVM reads a misspelt --objectiv as a group of -o and others, and says so; here it is named, with its neighbour.
static bool knowsOptions(int argc, char **argv) {
  auto &options = llvm::cl::getRegisteredOptions();
  for (StringRef argument : llvm::ArrayRef(argv, argc).drop_front()) {
    if (argument == "--")
      break;
    StringRef name = argument.split('=').first;
    bool isShort = name.starts_with("--O") && name.size() == 4;
    if (!name.consume_front("--") || isShort || options.contains(name))
      continue;
    auto distance = [&](auto &entry) { return name.edit_distance(entry.first); };
    auto nearest = std::min_element(options.begin(), options.end(),
                                    [&](auto &a, auto &b) { return distance(a) < distance(b); });
    llvm::errs() << llvm::sys::path::filename(argv[0]) << ": unknown option '--" << name << "'; did you mean '--"
                 << nearest->first << "'? --help lists all\n";
    return false;
  }
  return true;
}

/// What changed is asked for of all passes where none is named.
static void printAfterAllThatChange() {
  auto &options = llvm::cl::getRegisteredOptions();
  auto isGiven = [&](StringRef name) { return options.contains(name) && options[name]->getNumOccurrences() > 0; };
  bool isNamed = isGiven("mlir-print-ir-after") || isGiven("mlir-print-ir-after-all");
  if (isGiven("mlir-print-ir-after-change") && !isNamed)
    options["mlir-print-ir-after-all"]->addOccurrence(0, "mlir-print-ir-after-all", "true");
}

bool tern::parseToolOptions(int argc, char **argv, StringRef overview) {
  if (!knowsOptions(argc, argv))
    return false;
  std::string errors;
  llvm::raw_string_ostream stream(errors);
  if (llvm::cl::ParseCommandLineOptions(argc, argv, overview, &stream)) {
    printAfterAllThatChange();
    return true;
  }
  llvm::errs() << errors;
  return false;
}

static std::vector<StringRef> wordsOrNone(ArrayRef<StringRef> words) {
  std::vector<StringRef> choices(words.begin(), words.end());
  choices.push_back("none");
  return choices;
}

std::string tern::objectiveWords() { return llvm::join(wordsOrNone(objectiveNames()), ", "); }
std::string tern::optimizerWords() { return llvm::join(wordsOrNone(optimizerNames()), ", "); }

static llvm::Error checkWords(const PipelineOptions &options) {
  std::tuple<StringRef, StringRef, std::vector<StringRef>> words[] = {
      {"objective", options.objective, wordsOrNone(objectiveNames())},
      {"precision", options.precision, {"f32", "f64", "bf16"}},
      {"f32", options.f32, {"auto", "exact", "split6", "split3"}},
      {"layouts", options.layouts, {"auto", "none"}},
      {"optimizer", options.optimizer, wordsOrNone(optimizerNames())},
      {"remat", options.remat, {"auto", "none", "selective", "layer"}}};
  for (const auto &[option, value, choices] : words)
    if (!llvm::is_contained(choices, value))
      return llvm::createStringError("--" + option + "=" + value + ": expected " + llvm::join(choices, ", "));
  return llvm::Error::success();
}

llvm::Error tern::addToolOptions(PipelineOptions &options) {
  if (llvm::Error error = checkWords(options))
    return error;
  for (const std::string &text : insertPasses) {
    llvm::Expected<Insertion> insertion = parseInsertion(text);
    if (!insertion)
      return insertion.takeError();
    options.insertions.push_back(*insertion);
  }
  if (llvm::Error error = checkObservation())
    return error;
  return checkInsertions(options);
}

llvm::Error tern::addDefine(PipelineOptions &options, StringRef define) {
  auto [name, value] = define.split('=');
  double number;
  if (name.empty() || value.getAsDouble(number))
    return llvm::createStringError("--define " + define + ": expected NAME=NUMBER");
  options.defines[name.str()] = value.str();
  return llvm::Error::success();
}

struct Compilation::State {
  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
  std::shared_ptr<llvm::SourceMgr> sources = std::make_shared<llvm::SourceMgr>();
  std::unique_ptr<SourceMgrDiagnosticHandler> diagnostics;
  DefaultTimingManager timing; // one tree for all floors and what follows; printed at the end
  TimingScope root;
};

Compilation::Compilation() : state(std::make_unique<State>()) {
  registerDialects(state->registry);
  state->context = std::make_unique<MLIRContext>(state->registry);
  state->context->printOpOnDiagnostic(false);
  applyDefaultTimingManagerCLOptions(state->timing);
  state->root = state->timing.getRootScope();
  state->diagnostics = std::make_unique<SourceMgrDiagnosticHandler>(*state->sources, state->context.get());
}

Compilation::~Compilation() = default;

MLIRContext &Compilation::context() { return *state->context; }

TimingScope Compilation::time(StringRef step) { return state->root.nest(step); }

LogicalResult Compilation::read(StringRef path) {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(path, &message);
  if (!file) {
    llvm::errs() << message << "\n";
    return failure();
  }
  return parse(std::move(file));
}

LogicalResult Compilation::parse(StringRef source) {
  return parse(llvm::MemoryBuffer::getMemBufferCopy(source, "program"));
}

LogicalResult Compilation::parse(std::unique_ptr<llvm::MemoryBuffer> source) {
  if (failed(observe(*state->context)))
    return failure();
  text = source->getBuffer().str();
  state->sources->AddNewSourceBuffer(std::move(source), llvm::SMLoc());
  TimingScope timing = time("parse");
  owned = parseSourceFile<ModuleOp>(state->sources, ParserConfig(state->context.get()));
  return success(static_cast<bool>(owned));
}

namespace {
/// Says which pass failed or crashed: a diagnostic tells what is wrong with the program, not who found it.
struct FailedPass : PassInstrumentation {
  void runBeforePass(Pass *pass, Operation *) override { running = nameOf(pass); }
  void runAfterPass(Pass *, Operation *) override { running = {}; }
  void runAfterPassFailed(Pass *pass, Operation *) override {
    if (std::exchange(isKnown, true))
      return;
    running = {};
    llvm::errs() << "the pass '" << nameOf(pass) << "' failed\n";
  }

  static StringRef nameOf(Pass *pass) { return pass->getArgument().empty() ? pass->getName() : pass->getArgument(); }
  static thread_local StringRef running; // a crash is handled in the thread that crashes
  bool isKnown = false;
};
thread_local StringRef FailedPass::running;
} // namespace

static void sayWhoCrashed(void *) {
  if (!FailedPass::running.empty())
    llvm::errs() << "the pass '" << FailedPass::running << "' crashed\n";
}

LogicalResult Compilation::lower(Stage stage, const PipelineOptions &options) {
  for (Stage next : allStages) {
    bool isToDo = (!floor || next > *floor) && next <= stage;
    if (!isToDo)
      continue;
    auto began = std::chrono::steady_clock::now();
    TimingScope timing = time((nameOf(next) + " floor").str());
    PassManager manager(&context(), ModuleOp::getOperationName());
    manager.enableTiming(timing);
    if (failed(applyPassManagerCLOptions(manager)))
      return failure();
    manager.addInstrumentation(std::make_unique<FailedPass>());
    buildPipeline(next, manager, options);
    prepare(manager, next);
    if (failed(manager.run(*owned)))
      return failure();
    floor = next;
    report(nameOf(next), std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  return success();
}

std::unique_ptr<llvm::Module> Compilation::translate(llvm::LLVMContext &llvmContext, const CodeTarget &target,
                                                     const PipelineOptions &options, const ProgramInfo &info) {
  auto began = std::chrono::steady_clock::now();
  TimingScope timing = time("translate to LLVM IR");
  std::unique_ptr<llvm::Module> program = translateToLLVM(*owned, llvmContext, target);
  if (!program || failed(addManifest(*program, *owned, info)))
    return nullptr;
  report("translate", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return program;
}

void Compilation::optimize(llvm::Module &program, const CodeTarget &target, const PipelineOptions &options) {
  auto began = std::chrono::steady_clock::now();
  TimingScope timing = time("optimize LLVM IR");
  tern::optimize(program, *target.machine, options.optimizationLevel);
  report("optimize", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

void Compilation::goOnFrom(ModuleOp module, Stage stage) {
  owned = module.clone();
  floor = stage;
}

// Of the model text and every option that changes the program.
static std::string hashOf(StringRef text, const PipelineOptions &options) {
  std::string key = text.str();
  llvm::raw_string_ostream stream(key);
  stream << '\0' << options.objective << '\0' << options.batch << '\0' << options.seq << '\0' << options.precision
         << '\0' << options.optimizer << '\0' << options.remat << '\0' << options.taps << options.optimizationLevel
         << '\0' << options.target << '\0' << options.f32 << '\0' << options.layouts << '\0' << options.context
         << '\0' << options.slots << '\0' << options.prefill;
  for (const std::string &text : options.noDecay)
    stream << '\0' << text;
  stream << '\0' << options.ema;
  for (const auto &[name, value] : options.defines)
    stream << '\0' << name << '=' << value;
  for (const Insertion &insertion : options.insertions)
    stream << '\0' << insertion.after << insertion.anchor << ':' << insertion.pass;
  auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(key));
  return llvm::toHex(ArrayRef(digest).take_front(16), /*LowerCase=*/true);
}

ProgramInfo Compilation::describe(const PipelineOptions &options, const CodeTarget &target) const {
  ModuleOp module = const_cast<OwningOpRef<ModuleOp> &>(owned).get();
  auto attribute = [&](StringRef name) {
    auto value = module->getAttrOfType<StringAttr>(name);
    return value ? value.str() : std::string();
  };
  ProgramInfo info;
  info.model = module.getName().value_or("model").str();
  info.objective = options.objective;
  info.tokenizer = attribute("tern.tokenizer");
  info.optimizer = module->hasAttr("tern.states") ? options.optimizer : "";
  info.precision = options.precision;
  info.isa = target.isa;
  info.compiler = "tern " TERN_VERSION;
  info.batch = options.batch;
  info.seq = options.seq;
  info.sourceHash = hashOf(text, options);
  return info;
}
