// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One stream of remarks, printed and counted.

#include "compiler/tools/Observation.h"

#include "compiler/support/Remarks.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/Regex.h"

#include <map>
#include <mutex>

using namespace mlir;

static llvm::cl::opt<std::string> filter("remarks", llvm::cl::desc("say what passes did, declined and why"),
                                         llvm::cl::value_desc("regex of pass names; . is all"));
static llvm::cl::opt<bool> *statistics = nullptr;

void tern::registerObservation() {
  llvm::setBugReportMsg("This is a fault of Tern or of a plugin. --mlir-pass-pipeline-crash-reproducer=FILE keeps what leads to it.\n");
  auto &options = llvm::cl::getRegisteredOptions();
  if (auto found = options.find("mlir-pass-statistics"); found != options.end())
    found->second->removeArgument();
  static llvm::cl::opt<bool> option("mlir-pass-statistics", llvm::cl::desc("count what passes did and declined"));
  statistics = &option;
}

void tern::alsoObserve(StringRef pass) { filter.setValue((filter.empty() ? "" : filter + "|") + ("^" + pass + "$").str()); }

static bool isKeeping = false;
static std::vector<tern::KeptRemark> kept;

void tern::keepRemarks() { isKeeping = true; }
const std::vector<tern::KeptRemark> &tern::keptRemarks() { return kept; }

/// A remark of one pass at one place is said once: functions hold copies of one op of the model. Diagnostics arrive here in
/// the order of the program, whichever thread they come from.
static void dropRepeated(MLIRContext &context) {
  context.getDiagEngine().registerHandler([said = llvm::StringSet<>()](Diagnostic &diagnostic) mutable {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Remark)
      return failure(); // of somebody else
    std::string line;
    llvm::raw_string_ostream(line) << diagnostic.getLocation() << diagnostic;
    return success(!said.insert(line).second);
  });
}

namespace {

class Observer : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Observer(llvm::Regex selected) : selected(std::move(selected)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    if (statistics && *statistics)
      count(remark);
    if (isKeeping)
      keep(remark);
    if (!filter.empty() && selected.match(remark.getCategoryName()))
      emitRemark(tern::placeOf(remark.getLocation()))
          << "[" << kindOf(remark) << "] " << remark.getCategoryName() << ": " << remark.getRemarkName() << ": "
          << textOf(remark);
  }

  void finalize() override {
    if (counts.empty())
      return;
    const char *line = "===-------------------------------------------------------------------------===\n";
    llvm::errs() << line << "                         ... Pass statistics report ...\n" << line;
    StringRef pass;
    for (const auto &[key, value] : counts) {
      if (key.first != pass)
        llvm::errs() << key.first << "\n";
      pass = key.first;
      llvm::errs() << llvm::format("  %12llu ", static_cast<unsigned long long>(value)) << key.second << "\n";
    }
  }

private:
  static StringRef kindOf(const remark::detail::Remark &remark) {
    switch (remark.getRemarkType()) {
    case llvm::remarks::Type::Passed:
      return "passed";
    case llvm::remarks::Type::Missed:
      return "missed";
    case llvm::remarks::Type::Failure:
      return "failed";
    default:
      return "analysis";
    }
  }

  static bool isText(const remark::detail::Remark::Arg &argument) { return argument.key == "Remark"; }

  static std::string textOf(const remark::detail::Remark &remark) {
    std::string text;
    for (const auto &argument : remark.getArgs())
      if (isText(argument))
        text += argument.val;
    return text;
  }

  void keep(const remark::detail::Remark &remark) {
    std::lock_guard<std::mutex> lock(mutex);
    kept.push_back({kindOf(remark).str(), remark.getCategoryName().str(), remark.getRemarkName().str(), textOf(remark),
                    remark.getLocation()});
  }

  // Passes run in several threads.
  void count(const remark::detail::Remark &remark) {
    std::lock_guard<std::mutex> lock(mutex);
    std::string pass = remark.getCategoryName().str(), name = remark.getRemarkName().str();
    ++counts[{pass, name}];
    for (const auto &argument : remark.getArgs())
      if (uint64_t number; !isText(argument) && !StringRef(argument.val).getAsInteger(10, number))
        counts[{pass, name + ": " + argument.key}] += number;
  }

  llvm::Regex selected;
  std::mutex mutex;
  std::map<std::pair<std::string, std::string>, uint64_t> counts;
};

} // namespace

// A crash is survived in the thread that asked for it: in another one it ends the process before the file is written.
static void keepOneThreadForReproducer(MLIRContext &context) {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find("mlir-pass-pipeline-crash-reproducer");
  if (found != options.end() && found->second->getNumOccurrences())
    context.disableMultithreading();
}

llvm::Error tern::checkObservation() {
  std::string reason;
  if (filter.empty() || llvm::Regex(filter).isValid(reason))
    return llvm::Error::success();
  return llvm::createStringError("--remarks=" + filter + ": " + reason + "; expected a regular expression of pass names, as 'fuse|plan'");
}

LogicalResult tern::observe(MLIRContext &context) {
  keepOneThreadForReproducer(context);
  if (llvm::Error error = checkObservation()) {
    llvm::errs() << llvm::toString(std::move(error)) << "\n";
    return failure();
  }
  llvm::Regex selected(filter);
  bool isAsked = isKeeping || !filter.empty() || (statistics && *statistics);
  if (!isAsked)
    return success();
  dropRepeated(context);
  std::string all = ".*";
  remark::RemarkCategories everything{all, all, all, all, all};
  return remark::enableOptimizationRemarks(context, std::make_unique<Observer>(std::move(selected)),
                                           std::make_unique<remark::RemarkEmittingPolicyAll>(), everything);
}
