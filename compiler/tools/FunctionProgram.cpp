// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function as a program.

#include "compiler/tools/FunctionProgram.h"

#include "dialects/check/Check.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace tern;

std::string tern::describeLocation(Location location) {
  if (auto file = dyn_cast<FileLineColLoc>(location))
    return llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(), file.getLine(), file.getColumn()).str();
  if (auto named = dyn_cast<NameLoc>(location))
    return describeLocation(named.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return describeLocation(call.getCallee());
  if (auto fused = dyn_cast<FusedLoc>(location)) { // an op made of several
    SmallVector<std::string> places;
    for (Location part : fused.getLocations())
      if (std::string place = describeLocation(part); place != "?" && !llvm::is_contained(places, place))
        places.push_back(place);
    return places.empty() ? "?" : llvm::join(places, " and ");
  }
  return "?";
}

static bool isFunctionCheck(Operation *op) { return isa<check::GradientOp, check::DeterministicOp>(op); }

bool tern::holdsFunctionChecks(ModuleOp module) {
  auto stopAtCheck = [](Operation *op) {
    return isFunctionCheck(op) ? WalkResult::interrupt() : WalkResult::advance();
  };
  return module.walk(stopAtCheck).wasInterrupted();
}

void tern::eraseFunctionChecks(ModuleOp module) {
  module.walk([](Operation *op) {
    if (isFunctionCheck(op))
      op->erase();
  });
}

static func::FuncOp makeEntry(OpBuilder &builder, func::FuncOp function, StringRef name) {
  auto entry = cast<func::FuncOp>(builder.clone(*function));
  entry.setName(name);
  entry.setPublic();
  entry->setAttr("tern.entry", builder.getStringAttr(name));
  entry->setAttr("tern.test", builder.getUnitAttr()); // may be written on a lower floor
  for (unsigned index = 0; index < entry.getNumArguments(); ++index)
    entry.setArgAttr(index, "tern.role", builder.getStringAttr("argument" + Twine(index)));
  for (unsigned index = 0; index < entry.getNumResults(); ++index)
    entry.setResultAttr(index, "tern.role", builder.getStringAttr("result" + Twine(index)));
  return entry;
}

FailureOr<OwningOpRef<ModuleOp>>
tern::makeFunctionProgram(Operation *check, FlatSymbolRefAttr name, ArrayRef<StringRef> entries,
                          llvm::function_ref<void(ArrayRef<func::FuncOp>)> prepare) {
  auto file = check->getParentOfType<ModuleOp>();
  auto function = file.lookupSymbol<func::FuncOp>(name);
  if (!function || function.isDeclaration())
    return check->emitOpError() << name << " has no body";
  OwningOpRef<ModuleOp> module = cast<ModuleOp>(file->clone());
  eraseFunctionChecks(*module);
  OpBuilder builder(module->getBodyRegion());
  auto original = module->lookupSymbol<func::FuncOp>(name);
  for (auto other : module->getOps<func::FuncOp>())
    other.setPrivate();
  SmallVector<func::FuncOp> copies;
  for (StringRef entry : entries)
    copies.push_back(makeEntry(builder, original, entry));
  if (prepare)
    prepare(copies);

  PassManager manager(module->getContext());
  manager.addPass(createInlinerPass());
  manager.addPass(createSymbolDCEPass());
  if (failed(manager.run(*module)))
    return failure();
  return module;
}

llvm::Expected<std::unique_ptr<Jit>> tern::compileProgram(Compilation &compilation, const PipelineOptions &options,
                                                          const CodeTarget &target, uint32_t threads) {
  llvm::LLVMContext context;
  if (failed(compilation.lower(Stage::LLVM, options)))
    return llvm::createStringError("could not be compiled");
  std::unique_ptr<llvm::Module> program =
      compilation.translate(context, target, options, compilation.describe(options, target));
  if (!program)
    return llvm::createStringError("could not be translated");
  compilation.optimize(*program, target, options);
  return Jit::create(*program, target, threads);
}

// As text, so that each check compiles in a context of its own.
static bool carryOver(ModuleOp program, Compilation &compilation) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  program.print(stream, OpPrintingFlags().enableDebugInfo());
  return succeeded(compilation.parse(text));
}

bool tern::performCheck(Operation *check, const Twine &title, FailureOr<OwningOpRef<ModuleOp>> program,
                        llvm::raw_ostream &out,
                        llvm::function_ref<llvm::Expected<bool>(Compilation &, llvm::raw_ostream &)> perform) {
  std::string details;
  llvm::raw_string_ostream stream(details);
  Compilation compilation;
  bool good = succeeded(program) && carryOver(**program, compilation);
  if (good) {
    llvm::Expected<bool> result = perform(compilation, stream);
    good = result && *result;
    if (!result)
      stream << "  " << llvm::toString(result.takeError()) << "\n";
  }
  out << (good ? "PASS" : "FAIL") << ": " << title << " (" << describeLocation(check->getLoc()) << ")\n" << details;
  return good;
}
