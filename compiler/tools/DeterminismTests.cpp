// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs of one function that must not be told apart.

#include "compiler/tools/DeterminismTests.h"

#include "compiler/tools/Comparison.h"
#include "compiler/tools/FunctionProgram.h"
#include "compiler/tools/GradientCheck.h"
#include "dialects/check/Check.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace tern;

namespace {

// One run: how it was made, and the bytes of all results.
struct Run {
  int64_t number = 0, threads = 0;
  std::vector<std::vector<uint8_t>> results;
};

} // namespace

static GradientOptions drawingOf(check::DeterministicOp op) {
  GradientOptions options;
  options.seed = op.getSeed();
  options.low = op.getLow().convertToDouble();
  options.high = op.getHigh().convertToDouble();
  options.classes = op.getClasses();
  return options;
}

// Zero, a NaN, a number near one, a number near the largest: a run that reads what nobody wrote differs from another.
static uint8_t rubbishOf(int64_t run) {
  static constexpr uint8_t bytes[] = {0x00, 0xff, 0x3f, 0x7f};
  return bytes[run % std::size(bytes)];
}

static LogicalResult execute(Jit &jit, const tern_entry &entry, const GradientOptions &drawing, Run &run) {
  jit.fill(rubbishOf(run.number));
  std::mt19937_64 random(drawing.seed);
  for (uint32_t index = 0; index < entry.input_count; ++index)
    fillRandom(jit, entry.inputs[index], drawing, random);
  if (jit.run(entry, run.threads) != 0)
    return failure();
  for (uint32_t index = 0; index < entry.output_count; ++index) {
    const uint8_t *data = jit.at(entry.outputs[index].offset);
    run.results.emplace_back(data, data + entry.outputs[index].bytes);
  }
  return success();
}

static std::string describeRun(const Run &run, const tern_tensor &type, size_t result, uint64_t element) {
  const uint8_t *data = run.results[result].data();
  return llvm::formatv("{0} ({1:x}) in run {2} with {3} {4}", valueOf(data, type.dtype, element),
                       bitsAt(data, type.dtype, element), run.number + 1, run.threads,
                       run.threads == 1 ? "thread" : "threads");
}

// True when the bits are the same; otherwise says how many differ in all, and which first.
static bool isSame(const Run &first, const Run &other, const tern_entry &entry, llvm::raw_ostream &out) {
  uint64_t differing = 0, count = 0;
  std::string message;
  for (uint32_t result = 0; result < entry.output_count; ++result) {
    const tern_tensor &type = entry.outputs[result];
    const uint8_t *before = first.results[result].data(), *now = other.results[result].data();
    count += elementCount(type);
    for (uint64_t index = 0; index < elementCount(type); ++index) {
      if (bitsAt(before, type.dtype, index) == bitsAt(now, type.dtype, index))
        continue;
      if (differing++ == 0)
        message = llvm::formatv("{0} at {1}: {2}, {3}", type.name, positionOf(type, index),
                                describeRun(first, type, result, index), describeRun(other, type, result, index));
    }
  }
  if (differing)
    out << llvm::formatv("  {0} of {1} elements differ; first {2}\n", differing, count, message);
  return differing == 0;
}

static llvm::Expected<bool> runDeterminismCheck(Compilation &compilation, check::DeterministicOp op,
                                                const PipelineOptions &options, const CodeTarget &target,
                                                llvm::raw_ostream &out) {
  auto jit = compileProgram(compilation, options, target, *llvm::max_element(op.getThreads()));
  if (!jit)
    return jit.takeError();
  const tern_entry &entry = *(*jit)->find("value");
  std::optional<Run> first;
  int64_t number = 0;
  for (int64_t threads : op.getThreads())
    for (uint64_t repeat = 0; repeat < op.getRuns(); ++repeat) {
      Run run{number++, threads, {}};
      if (failed(execute(**jit, entry, drawingOf(op), run)))
        return llvm::createStringError(llvm::formatv("run {0} with {1} threads failed", number, threads));
      if (!first)
        first = std::move(run);
      else if (!isSame(*first, run, entry, out))
        return false;
    }
  return true;
}

unsigned tern::runDeterminismChecks(ModuleOp file, const PipelineOptions &options, const CodeTarget &target,
                                    llvm::raw_ostream &out) {
  unsigned failures = 0;
  file.walk([&](check::DeterministicOp op) {
    auto perform = [&](Compilation &program, llvm::raw_ostream &details) {
      return runDeterminismCheck(program, op, options, target, details);
    };
    failures += !performCheck(op, "determinism of @" + op.getFunction(),
                              makeFunctionProgram(op, op.getFunctionAttr(), {"value"}), out, perform);
  });
  return failures;
}
