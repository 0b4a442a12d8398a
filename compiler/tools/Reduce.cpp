// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search: edits of one kind are tried all at once, then in halves, down to single ones, on a copy each time.

#include "compiler/tools/Reduce.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tern;

namespace {

/// What gets smaller with every step that is kept, so that the search ends.
struct Size {
  size_t ops = 0;
  size_t characters = 0;
  bool operator<(const Size &other) const {
    return std::tie(ops, characters) < std::tie(other.ops, other.characters);
  }
};

class Search {
public:
  Search(OwningOpRef<ModuleOp> &best, Interesting interesting, ReduceReport report)
      : best(best), interesting(interesting), report(report) {}

  /// Tries a reduction everywhere; says whether anything was kept.
  bool run(const Reduction &reduction);
  unsigned questions = 0;

private:
  /// Tries the edits [first, last) of a reduction on a copy, which replaces `best` when it is smaller and interesting.
  bool keep(const Reduction &reduction, size_t first, size_t last);

  OwningOpRef<ModuleOp> &best;
  Interesting interesting;
  ReduceReport report;
};

} // namespace

static Size sizeOf(ModuleOp module) {
  Size size;
  module.walk([&](Operation *) { ++size.ops; });
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  size.characters = text.size();
  return size;
}

// Users come before producers, so that one walk removes whole chains.
static void eraseDeadOps(ModuleOp module) {
  module.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
}

// What is wrong with a candidate is nobody's business.
static bool makeEdits(ModuleOp module, const Reduction &reduction, size_t first, size_t last) {
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  auto edits = reduction.collect(module);
  for (size_t number = first; number < last; ++number)
    edits[number]();
  eraseDeadOps(module);
  return succeeded(verify(module));
}

bool Search::keep(const Reduction &reduction, size_t first, size_t last) {
  OwningOpRef<ModuleOp> candidate(best->clone());
  if (!makeEdits(*candidate, reduction, first, last) || !(sizeOf(*candidate) < sizeOf(*best)))
    return false;
  ++questions;
  OwningOpRef<ModuleOp> copy(candidate->clone());
  if (!interesting(*copy))
    return false;
  best = std::move(candidate);
  report(reduction.name, sizeOf(*best).ops, questions);
  return true;
}

bool Search::run(const Reduction &reduction) {
  bool kept = false;
  size_t count = reduction.collect(*best).size();
  for (size_t share = reduction.together ? count : std::min<size_t>(count, 1); share > 0; share /= 2) {
    for (size_t first = 0; first < count;) {
      if (!keep(reduction, first, std::min(first + share, count))) {
        first += share;
        continue;
      }
      kept = true;
      count = reduction.collect(*best).size(); // what follows has moved to where we are
    }
    share = std::min(share, count);
  }
  return kept;
}

unsigned tern::reduce(OwningOpRef<ModuleOp> &module, Interesting interesting, ReduceReport report) {
  Search search(module, interesting, report);
  bool again = true;
  while (again) {
    again = false;
    for (const Reduction &reduction : listReductions())
      again |= search.run(reduction);
  }
  return search.questions;
}
