// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binary search over the ops of a block, then of the loop that was found, and so on.

#include "compiler/tools/bisect/Localize.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

//===-- with and without ------------------------------------------------------------------------------------===//

Suspect::Suspect(const Setup &setup, size_t step) : setup(setup), step(step) {
  begin = std::min(step, firstBufferStep(setup.steps));
}

Suspect::Suspect(const Setup &setup, StringRef pass) : setup(setup) {
  step = pass == llvmName ? setup.steps.size() : findPlace(setup.steps, pass);
  if (!step)
    text = pass.str();
}

size_t Suspect::cutStep() const { return begin.value_or(0); }

std::string Suspect::name() const {
  if (!step)
    return text;
  if (*step == setup.steps.size())
    return llvmName.str();
  return *step < firstBufferStep(setup.steps) ? setup.steps[*step].text : placeOf(setup.steps, *step);
}

Verdict Suspect::judge(ModuleOp module, const Comparison &how, Outcome &without, Outcome &with) const {
  size_t first = begin ? *begin : nextStep(module, setup.steps);
  without = evaluate(module, required(setup.steps, first), 0, setup.machine);
  if (!without.failure.empty())
    return {};
  std::vector<std::string> texts = required(setup.steps, first, step);
  if (!text.empty())
    texts.insert(texts.begin(), text);
  with = evaluate(module, texts, step == setup.steps.size() ? 3 : 0, setup.machine);
  if (!with.failure.empty())
    return {};
  return compare(without.tensors, with.tensors, how);
}

Verdict Suspect::judge(ModuleOp module, int64_t slices, bool reversed) const {
  Outcome without, with;
  return judge(module, {setup.passTolerance, slices, reversed}, without, with);
}

//===-- the first op ----------------------------------------------------------------------------------------===//

/// The layer that an iteration works on: lowered backward loops count up and subtract.
static int64_t layerOf(Operation *loop, int64_t slice) {
  auto upward = dyn_cast<scf::ForOp>(loop);
  if (!upward)
    return slice;
  for (Operation *user : upward.getInductionVar().getUsers()) {
    auto minus = dyn_cast<arith::SubIOp>(user);
    IntegerAttr last;
    if (minus && minus.getRhs() == upward.getInductionVar() && matchPattern(minus.getLhs(), m_Constant(&last)))
      return last.getInt() - slice;
  }
  return slice;
}

OwningOpRef<ModuleOp> bisect::cutAtSite(ModuleOp before, const Site &site, bool onlyResults) {
  auto function = before.lookupSymbol<func::FuncOp>(site.function);
  OwningOpRef<ModuleOp> module = isolate(function, site.keepsVariables);
  if (!cutAfter(*module, site.path, site.index, onlyResults))
    return nullptr;
  return module;
}

namespace {
class OpSearch {
public:
  OpSearch(ModuleOp before, const Suspect &suspect, func::FuncOp function, bool keepsVariables)
      : before(before), suspect(suspect),
        function(function), site{function.getName().str(), keepsVariables, {}, 0, nullptr, -1, {}} {}

  std::optional<Site> run() {
    if (!searchBlock())
      return std::nullopt;
    while (tripCount(site.op) > 0) {
      Site loop = site;
      site.path.push_back(site.index);
      if (!searchBlock()) {
        site = loop;
        break;
      }
    }
    if (!site.path.empty())
      site.layer = layerOf(site.op->getParentOp(), site.verdict.worst.slice);
    return site;
  }

private:
  /// Sets the site to the first op of the block after which something differs.
  bool searchBlock() {
    Block &block = blockAt(function, site.path);
    int64_t good = -1, bad = std::distance(block.begin(), block.end()) - 2;
    if (bad < 0)
      return false;
    Verdict verdict = judge(bad);
    if (!verdict.differs)
      return false;
    int64_t latest = order(verdict.worst.slice);
    while (bad - good > 1) {
      int64_t middle = (good + bad) / 2;
      Verdict tried = judge(middle);
      // A later iteration differs everywhere: what matters is the first one that does.
      bool isBad = tried.differs && order(tried.worst.slice) <= latest;
      (isBad ? bad : good) = middle;
      if (isBad)
        verdict = tried;
    }
    site.index = bad;
    site.op = opAt(block, bad);
    site.verdict = verdict;
    return true;
  }

  Verdict judge(unsigned index) {
    Site tried = site;
    tried.index = index;
    OwningOpRef<ModuleOp> cut = cutAtSite(before, tried, /*onlyResults=*/false);
    return cut ? suspect.judge(*cut, slices(), isReversed()) : Verdict();
  }

  /// Of what is stacked at the current path.
  int64_t slices() {
    int64_t count = 1;
    for (Operation *loop : loops())
      count *= tripCount(loop);
    return count;
  }
  bool isReversed() { return llvm::any_of(loops(), runsBackwards); }
  int64_t order(int64_t slice) { return isReversed() ? slices() - 1 - slice : slice; }
  SmallVector<Operation *> loops() {
    SmallVector<Operation *> ops;
    for (size_t depth = 0; depth < site.path.size(); ++depth)
      ops.push_back(opAt(blockAt(function, ArrayRef(site.path).take_front(depth)), site.path[depth]));
    return ops;
  }

  ModuleOp before;
  const Suspect &suspect;
  func::FuncOp function;
  Site site;
};
} // namespace

std::optional<Site> bisect::findOp(ModuleOp before, const Suspect &suspect) {
  for (bool keepsVariables : {false, true})
    for (auto function : before.getOps<func::FuncOp>())
      if (!function.isDeclaration() && !function.isPrivate())
        if (std::optional<Site> site = OpSearch(before, suspect, function, keepsVariables).run())
          return site;
  return std::nullopt;
}
