// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests as entries, and the comparison of their outputs.

#include "compiler/tools/TestProgram.h"

#include "dialects/check/Check.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;
using namespace tern;

std::string tern::describeLocation(Location location) {
  if (auto file = dyn_cast<FileLineColLoc>(location))
    return llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(), file.getLine(), file.getColumn()).str();
  if (auto named = dyn_cast<NameLoc>(location))
    return describeLocation(named.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return describeLocation(call.getCallee());
  return "?";
}

// Called functions become part of the tests, so that a test is one body.
static LogicalResult inlineCalls(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    function.setVisibility(function.getName().starts_with("test_") ? SymbolTable::Visibility::Public
                                                                   : SymbolTable::Visibility::Private);
  PassManager manager(module.getContext());
  manager.addPass(createInlinerPass());
  manager.addPass(createSymbolDCEPass());
  return manager.run(module);
}

static LogicalResult makeTest(func::FuncOp function, Test &test) {
  if (function.getNumArguments() || function.getNumResults() || !function.getBody().hasOneBlock())
    return function.emitOpError("is a test: it takes nothing, returns nothing and is one block");
  auto terminator = cast<func::ReturnOp>(function.front().getTerminator());
  SmallVector<check::AlmostEqualOp> checks;
  function.walk([&](check::AlmostEqualOp op) { checks.push_back(op); });
  OpBuilder builder(function.getContext());
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> roles;
  for (check::AlmostEqualOp op : checks) {
    if (op->getBlock() != &function.front())
      return op.emitOpError("must stand at the top level of its test: its operands become results");
    for (auto [value, suffix] : {std::pair(op.getActual(), ".actual"), std::pair(op.getExpected(), ".expected")}) {
      std::string role = "check" + std::to_string(test.checks.size()) + suffix;
      results.push_back(value);
      roles.push_back(builder.getDictionaryAttr(builder.getNamedAttr("tern.role", builder.getStringAttr(role))));
    }
    test.checks.push_back(
        {describeLocation(op.getLoc()), op.getRtol().convertToDouble(), op.getAtol().convertToDouble()});
    op.erase();
  }
  terminator->setOperands(results);
  function.setType(builder.getFunctionType({}, ValueRange(results).getTypes()));
  function.setAllResultAttrs(roles);
  function->setAttr("tern.test", builder.getUnitAttr());
  return success();
}

FailureOr<std::vector<Test>> tern::makeTests(ModuleOp module) {
  module.walk([](check::GradientOp op) { op.erase(); });
  if (failed(inlineCalls(module)))
    return failure();
  std::vector<Test> tests;
  bool isGood = true;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.getName().starts_with("test_"))
      isGood &= succeeded(makeTest(function, tests.emplace_back(Test{function.getName().str(), {}})));
  if (!isGood)
    return failure();
  return tests;
}

// Integers exactly; a NaN agrees with a NaN, an infinity with the same infinity.
static bool agrees(double actual, double expected, const Check &check, bool isFloat) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected)))
    return true;
  return isFloat && std::abs(actual - expected) <= check.atol + check.rtol * std::abs(expected) &&
         std::isfinite(expected);
}

static std::string positionOf(const tern_tensor &tensor, uint64_t index) {
  std::string text;
  for (uint32_t dim = tensor.rank; dim-- > 0; index /= tensor.shape[dim])
    text = std::to_string(index % tensor.shape[dim]) + (text.empty() ? "" : ", ") + text;
  return "[" + text + "]";
}

// Prints how many elements differ and the one that differs most.
static bool compare(const uint8_t *actualData, const uint8_t *expectedData, const tern_tensor &tensor,
                    const Check &check, llvm::raw_ostream &out) {
  bool isFloat = tensor.dtype == TERN_F32 || tensor.dtype == TERN_F64;
  uint64_t differing = 0, worst = 0, count = elementCount(tensor);
  double worstDifference = -1;
  for (uint64_t index = 0; index < count; ++index) {
    double actual = elementAt(actualData, tensor.dtype, index), expected = elementAt(expectedData, tensor.dtype, index);
    if (agrees(actual, expected, check, isFloat))
      continue;
    ++differing;
    double difference = std::abs(actual - expected);
    if (std::isnan(difference))
      difference = HUGE_VAL;
    if (difference > worstDifference) {
      worstDifference = difference;
      worst = index;
    }
  }
  if (differing == 0)
    return true;
  out << llvm::formatv("  {0}: {1} of {2} elements differ; worst at {3}: ", check.location, differing, count,
                       positionOf(tensor, worst));
  out << llvm::format("actual %.17g, expected %.17g (rtol %g, atol %g)\n", elementAt(actualData, tensor.dtype, worst),
                      elementAt(expectedData, tensor.dtype, worst), check.rtol, check.atol);
  return false;
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
    good &= actual && expected && compare(jit.at(actual->offset), jit.at(expected->offset), *actual, check, out);
  }
  return good;
}
