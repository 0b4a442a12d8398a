// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// First what is known already: that it is about one op, maybe in its loop. Then the reducer's steps.

#include "compiler/tools/bisect/Shrink.h"

#include "compiler/tools/Reduce.h"
#include "compiler/tools/bisect/Extract.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

static void dropUnusedArguments(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    for (unsigned index = function.getNumArguments(); index-- > 0;)
      if (function.getArgument(index).use_empty())
        (void)function.eraseArgument(index);
}

/// Names and roles say where a value comes from; a small file needs none.
static void dropNames(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    function->removeAttr("tern.entry");
    function.removeArgAttrsAttr();
    function.removeResAttrsAttr();
  }
}

/// An empty tensor is to be written into. What it holds is nothing to compare, even where it happens to be something.
static bool readsEmptyTensors(ModuleOp module) {
  auto isWritten = [](OpOperand &use) {
    auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(use.getOwner());
    return (destinationStyle && destinationStyle.isDpsInit(&use)) ||
           isa<tensor::InsertSliceOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp, scf::ForOp>(use.getOwner());
  };
  WalkResult result = module.walk([&](tensor::EmptyOp op) {
    return llvm::all_of(op->getUses(), isWritten) ? WalkResult::advance() : WalkResult::interrupt();
  });
  return result.wasInterrupted();
}

static bool isInteresting(ModuleOp module, const Suspect &suspect) {
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  if (failed(verify(module)) || readsEmptyTensors(module))
    return false;
  OwningOpRef<ModuleOp> copy(module.clone());
  makeEntries(*copy);
  return suspect.judge(*copy).differs;
}

static void cleanUp(ModuleOp module) {
  PassManager manager(module.getContext());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  (void)manager.run(module);
}

//===-- all of it -------------------------------------------------------------------------------------------===//

namespace {
class Shrinker {
public:
  Shrinker(ModuleOp before, const Site &site, const Suspect &suspect) : before(before), site(site), suspect(suspect) {}

  OwningOpRef<ModuleOp> run() {
    if (!startFromOp() && !startFromCut())
      return nullptr;
    attempt("no names", [](ModuleOp module) { dropNames(module); });
    attempt("clean-up", cleanUp);
    auto asks = [&](ModuleOp module) { return isInteresting(module, suspect); };
    auto says = [&](StringRef step, size_t ops, unsigned questions) { say(step); };
    reduce(best, asks, says);
    attempt("clean-up", cleanUp);
    attempt("no unused arguments", dropUnusedArguments);
    return std::move(best);
  }

private:
  /// With more and more around it. The last iteration is the one that differs.
  bool startFromOp() {
    int64_t iterations = site.verdict.worst.slice + 1;
    for (unsigned depth : {0, 1, 3})
      for (bool inLoop : {false, true}) {
        std::string what = inLoop ? "the op in a loop" : "the op alone";
        if (depth > 0)
          what += ", with the " + std::to_string(depth) + " before it";
        if ((!inLoop || !site.path.empty()) && accept(extract(site.op, {depth, inLoop, iterations}), what))
          return true;
      }
    return false;
  }

  bool startFromCut() {
    return accept(cutAtSite(before, site, /*onlyResults=*/true), "the function up to the op") ||
           accept(cutAtSite(before, site, /*onlyResults=*/false), "the function up to the op, with all its values");
  }

  template <typename Change>
  void attempt(StringRef what, Change change) {
    OwningOpRef<ModuleOp> candidate(best->clone());
    {
      ScopedDiagnosticHandler quiet(candidate->getContext(), [](Diagnostic &) { return success(); });
      change(*candidate);
      eraseDeadOps(onlyFunction(*candidate));
    }
    accept(std::move(candidate), what);
  }

  bool accept(OwningOpRef<ModuleOp> candidate, StringRef what) {
    if (!candidate || !isInteresting(*candidate, suspect))
      return false;
    best = std::move(candidate);
    say(what);
    return true;
  }

  void say(StringRef what) {
    suspect.setup.progress << "  still differs: " << what << " (" << StringRef(textOf(*best)).count('\n')
                           << " lines)\n";
    suspect.setup.progress.flush();
  }

  ModuleOp before;
  const Site &site;
  const Suspect &suspect;
  OwningOpRef<ModuleOp> best;
};
} // namespace

OwningOpRef<ModuleOp> bisect::shrink(ModuleOp before, const Site &site, const Suspect &suspect) {
  return Shrinker(before, site, suspect).run();
}

std::string bisect::textOf(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (Operation &op : *module.getBody()) {
    op.print(stream);
    stream << "\n";
  }
  return text;
}
