// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from outside in the corridor: a floor is written down as the texts of its passes, and texts are put in between.

#include "compiler/Pipeline.h"

#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tern;

/// A manager of modules with what `text` says; a pass for functions is put into functions without being told so.
static FailureOr<OpPassManager> parse(StringRef text, llvm::raw_ostream &errors = llvm::nulls()) {
  OpPassManager onModules(ModuleOp::getOperationName());
  std::string own, nested;
  llvm::raw_string_ostream ownStream(own), nestedStream(nested);
  if (succeeded(parsePassPipeline(text, onModules, ownStream)))
    return onModules;
  OpPassManager onFunctions(ModuleOp::getOperationName());
  if (succeeded(parsePassPipeline(("func.func(" + text + ")").str(), onFunctions, nestedStream)))
    return onFunctions;
  errors << (nested.size() < own.size() ? nested : own); // the longer one says too that the pass is not for that op
  return failure();
}

/// The passes of a manager, one text each.
static std::vector<std::string> textsOf(OpPassManager &manager) {
  std::vector<std::string> texts;
  for (Pass &pass : manager.getPasses()) {
    llvm::raw_string_ostream stream(texts.emplace_back());
    pass.printAsTextualPipeline(stream);
  }
  return texts;
}

static std::vector<std::string> listOwnPasses(Stage stage, PipelineOptions options) {
  options.insertions.clear();
  OpPassManager manager(ModuleOp::getOperationName());
  buildPipeline(stage, manager, options);
  return textsOf(manager);
}

StringRef tern::nameOfPass(StringRef pass) {
  pass = pass.take_until([](char c) { return c == '{' || c == ')'; });
  pass = pass.substr(pass.rfind('(') + 1);
  pass.consume_front("tern-");
  return pass;
}

llvm::Expected<Insertion> tern::parseInsertion(StringRef text) {
  auto [place, rest] = text.split(':');
  auto [anchor, pass] = rest.split(':');
  anchor.consume_front("tern-");
  bool isComplete = !anchor.empty() && !pass.empty() && (place == "after" || place == "before");
  if (!isComplete)
    return llvm::createStringError("--insert-pass=" + text + ": expected after:ANCHOR:PASS or before:ANCHOR:PASS, for example "
                                   "after:fuse-qkv:my-pass{limit=2}");
  return Insertion{place == "after", anchor.str(), pass.str()};
}

std::vector<std::string> tern::listPasses(Stage stage, const PipelineOptions &options) {
  std::vector<std::string> passes, inserted;
  auto insert = [&](StringRef anchor, bool after) {
    for (const Insertion &insertion : options.insertions) {
      if (insertion.anchor != anchor || insertion.after != after)
        continue;
      FailureOr<OpPassManager> manager = parse(insertion.pass);
      if (failed(manager))
        llvm::report_fatal_error("an insertion that was not checked: " + Twine(insertion.pass));
      llvm::append_range(passes, textsOf(*manager));
      inserted.push_back(StringRef(insertion.pass).split('{').first.str() + (after ? " after " : " before ") + insertion.anchor);
    }
  };
  std::vector<std::string> own = listOwnPasses(stage, options);
  std::string contract = std::move(own.back());
  own.pop_back();
  for (std::string &pass : own) {
    std::string anchor = nameOfPass(pass).str();
    insert(anchor, /*after=*/false);
    passes.push_back(std::move(pass));
    insert(anchor, /*after=*/true);
  }
  if (!inserted.empty())
    contract = "tern-verify-floor{floor=" + nameOf(stage).str() + " inserted='" + llvm::join(inserted, "; ") + "'}";
  passes.push_back(std::move(contract));
  return passes;
}

/// How often each anchor occurs on all floors, in their order.
static llvm::MapVector<StringRef, unsigned> countAnchors(ArrayRef<std::string> passes) {
  llvm::MapVector<StringRef, unsigned> counts;
  for (StringRef pass : passes)
    ++counts[nameOfPass(pass)];
  return counts;
}

static llvm::Error checkAnchor(const Insertion &insertion, const llvm::MapVector<StringRef, unsigned> &counts) {
  unsigned count = counts.lookup(insertion.anchor);
  if (count == 1)
    return llvm::Error::success();
  SmallVector<StringRef> unique;
  for (auto [anchor, times] : counts)
    if (times == 1)
      unique.push_back(anchor);
  std::string found = count == 0 ? "there is no pass '" + insertion.anchor + "' on the way down"
                                 : "the pass '" + insertion.anchor + "' runs " + std::to_string(count) + " times";
  return llvm::createStringError("--insert-pass: " + found + "; beside one of these: " + llvm::join(unique, ", "));
}

static llvm::Error checkPass(const Insertion &insertion) {
  std::string reason;
  llvm::raw_string_ostream stream(reason);
  if (succeeded(parse(insertion.pass, stream)))
    return llvm::Error::success();
  StringRef name = StringRef(insertion.pass).take_until([](char c) { return c == '{'; });
  const char *found = PassInfo::lookup(name) ? "' is not how the pass is written; its options are in tern-opt --help\n"
                                                 : "' is no pass; is its plugin loaded with --load-pass-plugin?\n";
  return llvm::createStringError("--insert-pass: '" + insertion.pass + found + StringRef(reason).rtrim());
}

llvm::Error tern::checkInsertions(const PipelineOptions &options) {
  std::vector<std::string> passes;
  for (Stage stage : allStages)
    llvm::append_range(passes, listOwnPasses(stage, options));
  llvm::MapVector<StringRef, unsigned> counts = countAnchors(passes);
  for (const Insertion &insertion : options.insertions) {
    if (llvm::Error error = checkAnchor(insertion, counts))
      return error;
    if (llvm::Error error = checkPass(insertion))
      return error;
  }
  return llvm::Error::success();
}
