// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// First the steps that know what a model looks like (one op alone; one op in its loop), then the reducer's.

#include "compiler/tools/bisect/Shrink.h"

#include "compiler/tools/Reduce.h"
#include "dialects/tern/Tern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Verifier.h"
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

static bool isInteresting(ModuleOp module, const Suspect &suspect) {
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  if (failed(verify(module)))
    return false;
  OwningOpRef<ModuleOp> copy(module.clone());
  makeEntries(*copy);
  return suspect.judge(*copy).differs;
}

//===-- one op alone ----------------------------------------------------------------------------------------===//

/// A function of the op's operands that returns its results.
static OwningOpRef<ModuleOp> aloneWithOperands(Operation *op) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(op->getLoc());
  OpBuilder b(module->getBodyRegion());
  auto function = func::FuncOp::create(b, op->getLoc(), "reduced", b.getFunctionType({}, op->getResultTypes()));
  Block *body = function.addEntryBlock();
  b.setInsertionPointToEnd(body);
  IRMapping mapping;
  auto bring = [&](Value value) {
    if (mapping.contains(value))
      return;
    Operation *maker = value.getDefiningOp();
    bool isMade = maker && maker->getNumOperands() == 0 && maker->getNumRegions() == 0; // constants, empty tensors
    if (isMade)
      b.clone(*maker, mapping);
    else
      mapping.map(value, body->addArgument(value.getType(), value.getLoc()));
  };
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
        bring(operand);
  });
  Operation *copy = b.clone(*op, mapping);
  func::ReturnOp::create(b, op->getLoc(), copy->getResults());
  function.setType(b.getFunctionType(body->getArgumentTypes(), copy->getResultTypes()));
  return module;
}

//===-- one op in its loop ----------------------------------------------------------------------------------===//

/// Tensors that the loop's other ops make become arguments.
static void giveOperands(func::FuncOp function, Operation *op) {
  auto give = [&](Value value) {
    if (!isa<RankedTensorType>(value.getType()) || value.getParentBlock() == &function.getBody().front())
      return;
    (void)function.insertArgument(function.getNumArguments(), value.getType(), {}, value.getLoc());
    value.replaceUsesWithIf(function.getArguments().back(),
                            [&](OpOperand &use) { return op->isAncestor(use.getOwner()); });
  };
  op->walk([&](Operation *inner) {
    for (Value operand : llvm::to_vector(inner->getOperands()))
      if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
        give(operand);
  });
}

/// The function returns what the last iteration makes, and that is the one that differs.
static bool returnLastIteration(func::FuncOp function, scf::ForOp loop, Operation *op, int64_t iteration) {
  Operation *terminator = function.getBody().front().getTerminator();
  IRRewriter rewriter(function.getContext());
  rewriter.setInsertionPoint(loop);
  loop.setUpperBound(arith::ConstantIndexOp::create(rewriter, loop.getLoc(), iteration + 1));
  terminator->setOperands({});
  SmallVector<Value> inits;
  for (Value result : op->getResults()) {
    (void)function.insertArgument(function.getNumArguments(), result.getType(), {}, result.getLoc());
    inits.push_back(function.getArguments().back());
  }
  auto yields = [&](OpBuilder &, Location, ArrayRef<BlockArgument>) { return SmallVector<Value>(op->getResults()); };
  auto wider = loop.replaceWithAdditionalYields(rewriter, inits, /*replaceInitOperandUsesInLoop=*/false, yields);
  if (failed(wider))
    return false;
  terminator->setOperands((*wider)->getResults().take_back(inits.size()));
  function.setType(
      FunctionType::get(function.getContext(), function.getArgumentTypes(), terminator->getOperandTypes()));
  return true;
}

/// A carried value that nobody needs is handed through: its slice of the loop goes away.
static void dropCarried(LayersOp layers) {
  auto function = layers->getParentOfType<func::FuncOp>();
  for (auto [number, argument] : llvm::enumerate(layers.getCarriedArguments())) {
    if (!argument.use_empty()) {
      (void)function.insertArgument(function.getNumArguments(), argument.getType(), {}, argument.getLoc());
      argument.replaceAllUsesWith(function.getArguments().back());
    }
    layers.getYield()->setOperand(number, argument);
  }
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
    if (!accept(aloneWithOperands(site.op), "the op alone") && !startFromCut())
      return nullptr;
    attempt("no names", [](ModuleOp module) { dropNames(module); });
    if (onlyOp)
      shrinkLoop();
    attempt("clean-up", cleanUp);
    auto asks = [&](ModuleOp module) { return isInteresting(module, suspect); };
    auto says = [&](StringRef step, size_t ops, unsigned questions) { say(step); };
    reduce(best, asks, says);
    attempt("clean-up", cleanUp);
    attempt("no unused arguments", dropUnusedArguments);
    return std::move(best);
  }

private:
  bool startFromCut() {
    if (accept(cutAtSite(before, site, /*onlyResults=*/true), "the function up to the op")) {
      onlyOp = true;
      return true;
    }
    return accept(cutAtSite(before, site, /*onlyResults=*/false), "the function up to the op, with all its values");
  }

  /// The op is the only one in its loop that is needed.
  void shrinkLoop() {
    if (site.path.empty())
      return;
    attempt("operands as arguments", [&](ModuleOp module) {
      if (Operation *op = findCopy(module))
        giveOperands(onlyFunction(module), op);
    });
    attempt("one iteration", [&](ModuleOp module) {
      Operation *op = findCopy(module);
      auto loop = op ? dyn_cast<scf::ForOp>(op->getParentOp()) : nullptr;
      if (loop)
        returnLastIteration(onlyFunction(module), loop, op, site.verdict.worst.slice);
    });
    attempt("nothing carried", [&](ModuleOp module) { module.walk(dropCarried); });
  }

  /// The op of the site in a smaller module: by its location and name.
  Operation *findCopy(ModuleOp module) {
    Operation *found = nullptr;
    module.walk([&](Operation *op) {
      if (op->getName() == site.op->getName() && op->getLoc() == site.op->getLoc() &&
          op->getResultTypes() == site.op->getResultTypes())
        found = op;
    });
    return found;
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
  bool onlyOp = false;
};
} // namespace

OwningOpRef<ModuleOp> bisect::shrink(ModuleOp before, const Site &site, const Suspect &suspect) {
  return Shrinker(before, site, suspect).run();
}

std::string bisect::textOf(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (auto function : module.getOps<func::FuncOp>()) {
    function->print(stream);
    stream << "\n";
  }
  return text;
}
