// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the plan says of memory (`tern.memory` of the module) and of entries (`tern.flops`, `tern.bytes`).

#include "compiler/tools/PlanCheck.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace tern;

// "peak" first: the arena and what the threads have beside it.
static constexpr StringLiteral memoryClasses[] = {"peak",        "arena",     "scratch_per_thread",
                                                  "parameters",  "gradients", "optimizer",
                                                  "activations", "workspace", "cache",
                                                  "io"};

static std::optional<uint64_t> bytesOf(ModuleOp module, StringRef memoryClass, unsigned threads) {
  auto memory = module->getAttrOfType<DictionaryAttr>("tern.memory");
  auto read = [&](StringRef name) -> uint64_t { return memory.getAs<IntegerAttr>(name).getInt(); };
  if (!memory || !llvm::is_contained(memoryClasses, memoryClass))
    return std::nullopt;
  return memoryClass == "peak" ? read("arena") + threads * read("scratch_per_thread") : read(memoryClass);
}

static StringRef attributeOf(Directive::Kind kind) { return kind == Directive::Flops ? "tern.flops" : "tern.bytes"; }

static std::optional<uint64_t> countOf(func::FuncOp function, Directive::Kind kind) {
  auto count = function ? function->getAttrOfType<IntegerAttr>(attributeOf(kind)) : IntegerAttr();
  return count ? std::optional<uint64_t>(count.getInt()) : std::nullopt;
}

static std::optional<uint64_t> find(const Directive &directive, ModuleOp module, unsigned threads) {
  if (directive.kind == Directive::Memory) {
    std::optional<uint64_t> bytes = bytesOf(module, directive.subject, threads);
    if (!bytes) {
      InFlightDiagnostic error = emitError(directive.subjectLocation)
                                 << "MEM: unknown class of memory '" << directive.subject << "', expected ";
      llvm::interleaveComma(memoryClasses, error);
    }
    return bytes;
  }
  std::optional<uint64_t> count = countOf(module.lookupSymbol<func::FuncOp>(directive.subject), directive.kind);
  if (count)
    return count;
  SmallVector<StringRef> entries;
  for (auto function : module.getOps<func::FuncOp>())
    if (countOf(function, directive.kind))
      entries.push_back(function.getName());
  InFlightDiagnostic error = emitError(directive.subjectLocation)
                             << keywordOf(directive.kind) << ": no entry @" << directive.subject
                             << "; the program has ";
  llvm::interleaveComma(entries, error, [&](StringRef entry) { error << "@" << entry; });
  return std::nullopt;
}

// "430.2 KiB (440524 B)"
static std::string describe(uint64_t value, Directive::Kind kind) {
  static constexpr const char *bytes[] = {"B", "KiB", "MiB", "GiB"}, *flops[] = {"FLOP", "kFLOP", "MFLOP", "GFLOP"};
  const auto &units = kind == Directive::Flops ? flops : bytes;
  double step = kind == Directive::Flops ? 1000 : 1024, scaled = value;
  unsigned unit = 0;
  for (; scaled >= step && unit + 1 < std::size(units); ++unit)
    scaled /= step;
  if (unit == 0)
    return llvm::formatv("{0} {1}", value, units[0]);
  return llvm::formatv("{0:f1} {1} ({2} {3})", scaled, units[unit], value, units[0]);
}

static std::string nameOf(const Directive &directive) {
  return (keywordOf(directive.kind) + (directive.kind == Directive::Memory ? ": " : ": @") + directive.subject).str();
}

static std::string counted(size_t count, const char *one, const char *several) {
  return std::to_string(count) + " " + (count == 1 ? one : several);
}

bool tern::checkPlan(ArrayRef<Directive> directives, ModuleOp module, unsigned threads, llvm::raw_ostream &out) {
  size_t violated = 0, unknown = 0;
  std::string details;
  for (const Directive &directive : directives) {
    std::optional<uint64_t> found = find(directive, module, threads);
    unknown += !found;
    if (!found || directive.limit.allows(*found, directive.relation))
      continue;
    ++violated;
    auto place = cast<FileLineColLoc>(directive.location);
    details += llvm::formatv("  {0}:{1}:{2}: {3} is {4}, expected {5}\n", place.getFilename().getValue(),
                             place.getLine(), place.getColumn(), nameOf(directive), describe(*found, directive.kind),
                             directive.expected);
  }
  if (violated || unknown)
    out << "FAIL: " << violated + unknown << " of " << counted(directives.size(), "expectation does", "expectations do")
        << " not hold\n"
        << details;
  else
    out << "PASS: " << counted(directives.size(), "expectation holds", "expectations hold") << "\n";
  return !violated && !unknown;
}

void tern::printPlan(ModuleOp module, unsigned threads, llvm::raw_ostream &out) {
  for (StringRef memoryClass : memoryClasses)
    if (std::optional<uint64_t> bytes = bytesOf(module, memoryClass, threads); bytes && *bytes)
      out << "// MEM: " << memoryClass << " == " << *bytes << " B\n";
  for (auto function : module.getOps<func::FuncOp>())
    for (Directive::Kind kind : {Directive::Flops, Directive::Bytes})
      if (std::optional<uint64_t> count = countOf(function, kind))
        out << "// " << keywordOf(kind) << ": @" << function.getName() << " == " << *count
            << (kind == Directive::Flops ? " FLOP\n" : " B\n");
}
