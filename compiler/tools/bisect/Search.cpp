// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Binary search over the optional passes.

#include "compiler/tools/bisect/Search.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace tern;
using namespace tern::bisect;

std::string bisect::nameOfStep(const Setup &setup, size_t step) {
  return step < setup.steps.size() ? setup.steps[step].name : "llvm-O3";
}

namespace {
class Search {
public:
  Search(ModuleOp model, Setup &setup)
      : model(model), setup(setup), optional(listOptional(setup.steps)), last(optional.size() + 1) {}

  llvm::Expected<Culprit> run() {
    reference = evaluateWith(0);
    if (!reference.failure.empty())
      return llvm::createStringError("the reference has no values: " + explain(reference));
    if (setup.machine.feed.classes == 0)
      setup.machine.feed.classes = reference.vocabulary;
    if (llvm::Error error = checkFiles())
      return std::move(error);
    say(0, "is the reference: required passes only");
    Culprit all = judge(last);
    if (!isBad(all))
      return Culprit{0, 0, all.verdict, {}};
    size_t good = 0;
    Culprit bad = std::move(all);
    while (bad.number - good > 1) {
      Culprit middle = judge((good + bad.number) / 2);
      if (isBad(middle))
        bad = std::move(middle);
      else
        good = middle.number;
    }
    return bad;
  }

private:
  size_t stepOf(size_t number) const { return number > optional.size() ? setup.steps.size() : optional[number - 1]; }

  /// With the first `number` optional passes.
  Outcome evaluateWith(size_t number) const {
    size_t end = number == 0 ? 0 : stepOf(number) + 1;
    return evaluate(model, hybrid(setup.steps, end), number == last ? 3 : 0, setup.machine);
  }

  Culprit judge(size_t number) const {
    Culprit culprit{number, stepOf(number), {}, evaluateWith(number)};
    if (culprit.outcome.failure.empty())
      culprit.verdict = compare(reference.tensors, culprit.outcome.tensors, {setup.tolerance});
    std::string text;
    llvm::raw_string_ostream stream(text);
    if (!culprit.outcome.failure.empty())
      stream << "fails: " << explain(culprit.outcome);
    else
      stream << (culprit.verdict.differs ? "differs" : "agrees")
             << llvm::format(" (worst %.1e: ", culprit.verdict.worst.relative) << describe(culprit.verdict.worst)
             << ")";
    say(number, text);
    return culprit;
  }

  static bool isBad(const Culprit &culprit) { return culprit.verdict.differs || !culprit.outcome.failure.empty(); }

  static std::string explain(const Outcome &outcome) {
    return (outcome.failedPass.empty() ? "" : "in " + outcome.failedPass + ": ") + outcome.failure;
  }

  void say(size_t number, StringRef what) const {
    std::string name = number == 0 ? "-O0" : nameOfStep(setup, stepOf(number));
    setup.progress << llvm::format("[%2zu/%zu] %-26s ", number, last, name.c_str()) << what << "\n";
    setup.progress.flush();
  }

  /// A tensor of a file that nobody takes is a wrong name.
  llvm::Error checkFiles() const {
    llvm::StringSet<> taken;
    for (const Tensor &input : reference.inputs) {
      uint64_t count = 1;
      for (int64_t extent : input.shape)
        count *= extent;
      int64_t layers = input.shape.empty() ? 1 : input.shape.front();
      size_t given = setup.machine.feed.given(input.name, layers).size();
      if (given != 0 && given != count)
        return llvm::createStringError("--input: '" + input.name + "' has " + std::to_string(given) +
                                       " elements, but the program takes " + std::to_string(count));
      size_t place = input.name.find("{i}");
      for (int64_t layer = 0; layer < (place == std::string::npos ? 1 : layers); ++layer)
        taken.insert(place == std::string::npos ? input.name
                                                : std::string(input.name).replace(place, 3, std::to_string(layer)));
    }
    for (const auto &[name, tensor] : setup.machine.feed.files)
      if (!taken.contains(name))
        return llvm::createStringError("--input: no entry takes a tensor '" + name + "'");
    return llvm::Error::success();
  }

  ModuleOp model;
  Setup &setup;
  std::vector<size_t> optional;
  size_t last;
  Outcome reference;
};
} // namespace

llvm::Expected<Culprit> bisect::findPass(ModuleOp model, Setup &setup) { return Search(model, setup).run(); }
