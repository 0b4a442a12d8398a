// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What ternc would say of a model file.

#include "compiler/tools/lsp/ModelCheck.h"

#include "compiler/shape/Passes.h"
#include "compiler/tools/lsp/Text.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Regex.h"

using namespace mlir;
using namespace tern;
using namespace tern::lsp;

namespace json = llvm::json;

// Small sizes that are not 1, which would fit where it should not.
static constexpr int64_t batch = 2, seq = 3;

// Severities of the protocol.
static constexpr int error = 1, warning = 2, information = 3;

bool tern::lsp::isModel(StringRef text) {
  static const llvm::Regex forward("func\\.func +@forward *\\(");
  return forward.match(text) && !text.contains("\n// -----");
}

static std::optional<FileLineColLoc> placeOf(Location location) {
  std::optional<FileLineColLoc> found;
  location->walk([&](Location part) {
    found = dyn_cast<FileLineColLoc>(part);
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}

// From a place to the end of the name that stands there, as compilers underline it.
static json::Object rangeAt(StringRef text, Location location) {
  std::optional<FileLineColLoc> place = placeOf(location);
  Span span;
  if (place) {
    span.begin = offsetOf(text, place->getLine(), place->getColumn());
    span.end = std::max(nameAround(text, span.begin).end, std::min(span.begin + 1, text.size()));
  }
  return rangeOf(text, span);
}

static json::Object diagnosticOf(StringRef uri, StringRef text, Diagnostic &diagnostic) {
  json::Array related;
  for (Diagnostic &note : diagnostic.getNotes()) {
    json::Object place{{"uri", uri.str()}, {"range", rangeAt(text, note.getLocation())}};
    related.push_back(json::Object{{"location", std::move(place)}, {"message", note.str()}});
  }
  DiagnosticSeverity severity = diagnostic.getSeverity();
  return json::Object{{"source", "tern"},
                      {"range", rangeAt(text, diagnostic.getLocation())},
                      {"severity", severity == DiagnosticSeverity::Error     ? error
                                   : severity == DiagnosticSeverity::Warning ? warning
                                                                             : information},
                      {"message", diagnostic.str()},
                      {"relatedInformation", std::move(related)}};
}

namespace {

/// Runs passes on a module and keeps what they say, each thing once.
class Checker {
public:
  Checker(ModuleOp module, StringRef uri, StringRef text) : module(module), uri(uri), text(text) {}

  /// Says whether nothing failed. With a condition, what they say is a warning that holds under it.
  bool run(function_ref<void(OpPassManager &)> addPasses, const std::string &condition = "") {
    ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
      keep(diagnostic, condition);
      return success();
    });
    PassManager manager(module->getName());
    addPasses(manager);
    return succeeded(manager.run(module));
  }

  json::Array diagnostics;

private:
  void keep(Diagnostic &diagnostic, const std::string &condition) {
    json::Object found = diagnosticOf(uri, text, diagnostic);
    if (!condition.empty()) {
      found["severity"] = warning;
      found["message"] = condition + diagnostic.str();
    }
    json::Value value = std::move(found);
    if (!llvm::is_contained(diagnostics, value))
      diagnostics.push_back(std::move(value));
  }

  ModuleOp module;
  StringRef uri, text;
};

} // namespace

json::Array tern::lsp::checkModel(const DialectRegistry &registry, StringRef uri, StringRef text) {
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) { return success(); });
  auto module = parseSourceString<ModuleOp>(text, ParserConfig(&context), "model");
  if (!module)
    return {};
  Checker checker(*module, uri, text);
  // What holds for every batch and sequence.
  bool isSized = checker.run([](OpPassManager &manager) {
    manager.addPass(createBindHyper());
    manager.addPass(createInlinerPass());
    manager.addPass(createHoistParams());
  });
  // What holds for an example of them.
  if (isSized)
    checker.run([](OpPassManager &manager) { manager.addPass(createSpecializeShapes({batch, seq})); },
                llvm::formatv("with --batch={0} --seq={1}: ", batch, seq).str());
  return std::move(checker.diagnostics);
}
