// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests as entries, and the checks of their outputs.

#include "compiler/tools/TestProgram.h"

#include "compiler/tools/FunctionProgram.h"
#include "dialects/check/Check.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace tern;

static bool isTest(func::FuncOp function) { return function.getName().starts_with("test_"); }

bool tern::holdsTests(ModuleOp module) { return llvm::any_of(module.getOps<func::FuncOp>(), isTest); }

// Called functions become part of the tests, so that a test is one body.
static LogicalResult inlineCalls(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    function.setVisibility(isTest(function) ? SymbolTable::Visibility::Public : SymbolTable::Visibility::Private);
  PassManager manager(module.getContext());
  manager.addPass(createInlinerPass());
  manager.addPass(createSymbolDCEPass());
  return manager.run(module);
}

// What a comparison allows, or nothing when the op is none.
static std::optional<Agreement> agreementOf(Operation *op) {
  if (isa<check::EqualOp>(op))
    return Agreement{/*exact=*/true};
  if (auto almost = dyn_cast<check::AlmostEqualOp>(op))
    return Agreement{/*exact=*/false, almost.getRtol().convertToDouble(), almost.getAtol().convertToDouble()};
  return std::nullopt;
}

static constexpr StringLiteral suffixes[] = {".actual", ".expected"}; // of the roles of what a check compares

static LogicalResult makeTest(func::FuncOp function, Test &test) {
  if (function.getNumArguments() || function.getNumResults() || !function.getBody().hasOneBlock())
    return function.emitOpError("is a test: it takes nothing, returns nothing and is one block");
  auto terminator = cast<func::ReturnOp>(function.front().getTerminator());
  SmallVector<Operation *> checks;
  function.walk([&](Operation *op) {
    if (agreementOf(op))
      checks.push_back(op);
  });
  OpBuilder builder(function.getContext());
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> roles;
  for (Operation *op : checks) {
    if (op->getBlock() != &function.front())
      return op->emitOpError("must stand at the top level of its test: its operands become results");
    for (auto [value, suffix] : llvm::zip_equal(op->getOperands(), suffixes)) {
      std::string role = "check" + std::to_string(test.checks.size()) + suffix.str();
      results.push_back(value);
      roles.push_back(builder.getDictionaryAttr(builder.getNamedAttr("tern.role", builder.getStringAttr(role))));
    }
    test.checks.push_back({describeLocation(op->getLoc()), *agreementOf(op)});
    op->erase();
  }
  terminator->setOperands(results);
  function.setType(builder.getFunctionType({}, ValueRange(results).getTypes()));
  function.setAllResultAttrs(roles);
  function->setAttr("tern.test", builder.getUnitAttr());
  return success();
}

FailureOr<std::vector<Test>> tern::makeTests(ModuleOp module) {
  eraseFunctionChecks(module);
  if (failed(inlineCalls(module)))
    return failure();
  std::vector<Test> tests;
  bool isGood = true;
  for (auto function : module.getOps<func::FuncOp>())
    if (isTest(function))
      isGood &= succeeded(makeTest(function, tests.emplace_back(Test{function.getName().str(), {}})));
  if (!isGood)
    return failure();
  return tests;
}

bool tern::runTest(Jit &jit, const Test &test, llvm::raw_ostream &out) {
  const tern_entry *entry = jit.find(test.name);
  if (!entry || jit.run(*entry) != 0) {
    out << "  " << test.name << " did not run\n";
    return false;
  }
  bool good = true;
  for (auto [index, check] : llvm::enumerate(test.checks)) {
    std::string name = "check" + std::to_string(index);
    const tern_tensor *actual = findTensor(entry->outputs, entry->output_count, name + ".actual");
    const tern_tensor *expected = findTensor(entry->outputs, entry->output_count, name + ".expected");
    std::string message = "its values have no place in the program";
    if (actual && expected &&
        compare(jit.at(actual->offset), jit.at(expected->offset), *actual, check.agreement, message))
      continue;
    out << "  " << check.location << ": " << message << "\n";
    good = false;
  }
  return good;
}
