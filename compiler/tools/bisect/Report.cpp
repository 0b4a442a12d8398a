// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is printed, and the file that is written.

#include "compiler/tools/bisect/Report.h"

#include "compiler/emit/Emit.h"
#include "compiler/tools/FunctionProgram.h"
#include "compiler/tools/bisect/Shrink.h"
#include "dialects/tern/Tern.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

static std::string ordinal(int64_t number) {
  StringRef ending = number % 100 / 10 == 1 ? "th"
                     : number % 10 == 1     ? "st"
                     : number % 10 == 2     ? "nd"
                     : number % 10 == 3     ? "rd"
                                            : "th";
  return std::to_string(number) + ending.str();
}

void Report::printCulprit(const Culprit &culprit) {
  bool isLLVM = culprit.step == setup.steps.size();
  out << "pass   " << nameOfStep(setup, culprit.step) << ", number " << culprit.number
      << " of those that can be left out";
  if (isLLVM)
    out << "; LLVM's own optimizer\n";
  else
    out << "; on the " << nameOf(setup.steps[culprit.step].stage) << " floor"
        << (setup.steps[culprit.step].isInserted ? ", put there by --insert-pass" : "") << "\n";
}

void Report::printFailure(const Culprit &culprit) {
  StringRef failed = culprit.outcome.failedPass;
  bool isItself = culprit.step < setup.steps.size() && failed == setup.steps[culprit.step].text;
  out << "fails  "
      << (failed.empty() ? "the program"
          : isItself     ? "the pass itself"
                         : "later, in " + failed.str())
      << ": " << culprit.outcome.failure << "\n";
  size_t end = std::min(culprit.step + 1, setup.steps.size());
  out << "again  tern-opt " << model << plugins << " --pass-pipeline='builtin.module("
      << llvm::join(prefix(setup.steps, end), ",") << ")'\n";
}

void Report::printSite(const Site &site) {
  out << "op     " << site.op->getName() << " at " << describeLocation(site.op->getLoc()) << ", in @" << site.function;
  if (site.layer >= 0)
    out << ", layer " << site.layer << " (the " << ordinal(site.layer + 1) << ")";
  const Difference &worst = site.verdict.worst;
  out << "\nvalue  " << llvm::format("%.9g instead of %.9g", worst.actual, worst.reference)
      << llvm::format(" (%.1e of the largest)", worst.relative) << " at [";
  auto position = ArrayRef(worst.position).drop_front(std::min(site.path.size(), worst.position.size()));
  llvm::interleaveComma(position, out);
  out << "]\n";
}

/// Sizes that the module leaves open, and those that it names.
std::string Report::sizeOptions(ModuleOp module) const {
  bool isOpen = false, hasSizes = false;
  module.walk([&](Operation *op) {
    hasSizes |= isa<HyperOp>(op);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        isOpen |= llvm::any_of(block.getArgumentTypes(), [](Type type) {
          auto tensor = dyn_cast<RankedTensorType>(type);
          return tensor && !tensor.hasStaticShape();
        });
  });
  return (isOpen ? shapes : "") + (hasSizes ? defines : "");
}

llvm::Error Report::writeFile(ModuleOp reduced, StringRef pass) {
  std::string path = output;
  StringRef name = nameOfPass(pass);
  if (path.empty())
    path = (llvm::sys::path::stem(model) + "." + name.substr(name.find(':') + 1) + ".mlir").str();
  std::optional<size_t> place = findPlace(setup.steps, pass);
  bool isInserted = place && setup.steps[*place].isInserted; // then the place must be made again
  std::string text = "// RUN: tern-bisect %s --pass='" + pass.str() + "'" + (isInserted ? insertions : "") + plugins +
                     numbers + sizeOptions(reduced) + "\n" + textOf(reduced);
  llvm::Error error = writeAtomically(path, [&](llvm::raw_pwrite_stream &stream) {
    stream << text;
    return llvm::Error::success();
  });
  if (!error)
    out << "file   " << path << ", " << StringRef(text).count('\n') << " lines\n";
  return error;
}

llvm::Expected<bool> Report::bisect(ModuleOp module) {
  const Feed ofFiles = {setup.machine.feed.seed, setup.machine.feed.classes, {}};
  llvm::Expected<Culprit> culprit = findPass(module, setup);
  if (!culprit)
    return culprit.takeError();
  const Difference &worst = culprit->verdict.worst;
  if (culprit->number == 0) {
    out << "-O0 and -O3 agree: the worst difference is " << llvm::format("%.1e", worst.relative) << " of the largest, "
        << describe(worst) << "\n";
    return true;
  }
  printCulprit(*culprit);
  if (!culprit->outcome.failure.empty()) {
    printFailure(*culprit);
    return false;
  }
  out << "shows  in " << describe(worst) << "\n";
  Suspect suspect(setup, culprit->step);
  auto [broken, why] = transform(module, prefix(setup.steps, suspect.cutStep()));
  if (!broken.empty())
    return llvm::createStringError("in " + broken + ": " + why);
  std::optional<Site> site = findOp(module, suspect);
  if (!site) {
    out << "op     none: the difference cannot be seen at the end of any op of a single function\n";
    return false;
  }
  printSite(*site);
  setup.machine.feed = ofFiles; // the small file stands alone
  OwningOpRef<ModuleOp> reduced = shrink(module, *site, Suspect(setup, suspect.name()));
  if (!reduced) {
    out << "file   none: outside of the model the pass does not change the values of this op\n";
    return false;
  }
  if (llvm::Error error = writeFile(*reduced, suspect.name()))
    return std::move(error);
  return false;
}

/// A pass for functions is put into functions.
static llvm::Expected<std::string> parsePass(StringRef pass) {
  std::string why;
  llvm::raw_string_ostream stream(why);
  for (std::string text : {pass.str(), ("func.func(" + pass + ")").str()}) {
    OpPassManager manager(ModuleOp::getOperationName());
    if (succeeded(parsePassPipeline(text, manager, stream)))
      return text;
  }
  return llvm::createStringError("--pass: '" + pass + "' is no pass; is its plugin loaded with --load-pass-plugin?\n" +
                                 why);
}

llvm::Expected<bool> Report::check(ModuleOp module, StringRef pass) {
  std::string text = pass.str();
  std::optional<size_t> place = findPlace(setup.steps, pass);
  if (size_t next = nextStep(module, setup.steps); place && *place < next)
    return llvm::createStringError("--pass=" + pass + ": what '" + model +
                                   "' holds is past that place; the first one is " + placeOf(setup.steps, next));
  if (pass != Suspect::llvmName && !place) {
    llvm::Expected<std::string> parsed = parsePass(pass);
    if (!parsed)
      return parsed.takeError();
    text = *parsed;
  }
  makeEntries(module);
  Outcome without, with;
  Verdict verdict = Suspect(setup, text).judge(module, {setup.passTolerance}, without, with);
  for (const auto &[outcome, which] : {std::pair(&without, "without the pass: "), std::pair(&with, "with the pass: ")})
    if (!outcome->failure.empty())
      return llvm::createStringError(model + ", " + which +
                                     (outcome->failedPass.empty() ? "" : "in " + outcome->failedPass + ": ") +
                                     outcome->failure);
  if (without.tensors.empty())
    return llvm::createStringError(model + ": no function of it returns anything");
  out << model << ": with and without " << nameOfPass(text) << ", values " << (verdict.differs ? "differ: " : "agree: ")
      << describe(verdict.worst) << llvm::format(" (%.1e of the largest)", verdict.worst.relative) << "\n";
  return !verdict.differs;
}
