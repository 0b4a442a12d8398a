// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts to feature bits. LLVM's tables say which features exist, what they imply and what a processor has.

#include "compiler/cpu/CpuTarget.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/Host.h"

#include <unistd.h>

using namespace llvm;
using namespace tern::cpu;

namespace {
/// An architecture and what is written for its baseline.
struct Architecture {
  StringLiteral name;
  StringLiteral inTriple;
  StringLiteral baseline; // LLVM's processor
  StringLiteral fma;      // the feature with which vectors multiply and add in one instruction
};
} // namespace

static constexpr Architecture architectures[] = {{"x86-64", "x86_64", "x86-64", "fma"},
                                                 {"aarch64", "aarch64", "generic", "fp-armv8"},
                                                 {"riscv64", "riscv64", "generic-rv64", "f"},
                                                 {"powerpc64le", "powerpc64le", "ppc64le", "vsx"},
                                                 {"loongarch64", "loongarch64", "generic-la64", "f"}};
static constexpr const Architecture &x86 = architectures[0];

// The levels of the x86-64 psABI, each containing the one before.
static constexpr StringLiteral level2[] = {"cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"};
static constexpr StringLiteral level3[] = {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"};
static constexpr StringLiteral level4[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};
static constexpr ArrayRef<StringLiteral> levels[] = {level2, level3, level4};

// Extensions of x86-64 that serve tensors. Of what a machine or a processor's name brings along, only these and the levels are
// used: all of them can be asked for when a program starts.
static constexpr StringLiteral extensions[] = {"avxvnni",   "avx512bf16", "avx512fp16", "avx512vbmi", "avx512vbmi2",
                                               "avx512vnni", "gfni",      "amx-tile",   "amx-bf16",   "amx-int8"};

//===----------------------------------------------------------------------===//
// LLVM's tables
//===----------------------------------------------------------------------===//

/// This machine's architecture is always there; the others are registered by whoever asks for them first.
static const Target *lookUp(StringRef triple) {
  static const bool isNativeReady = !InitializeNativeTarget() && !InitializeNativeTargetAsmPrinter() &&
                                    !InitializeNativeTargetAsmParser();
  std::string error;
  if (const Target *found = TargetRegistry::lookupTarget(Triple(triple), error); found && isNativeReady)
    return found;
  static const bool areAllReady = [] {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
    return true;
  }();
  return areAllReady ? TargetRegistry::lookupTarget(Triple(triple), error) : nullptr;
}

static std::string tripleOf(const Architecture &architecture) {
  Triple triple(sys::getDefaultTargetTriple());
  triple.setArchName(architecture.inTriple);
  return triple.str();
}

static std::unique_ptr<MCSubtargetInfo> tablesOf(const Architecture &architecture, StringRef processor,
                                                 StringRef features = "") {
  Triple triple(tripleOf(architecture));
  const Target *target = lookUp(triple.str());
  return std::unique_ptr<MCSubtargetInfo>(target ? target->createMCSubtargetInfo(triple, processor, features) : nullptr);
}

static const SubtargetFeatureKV *findFeature(const MCSubtargetInfo &tables, StringRef name) {
  ArrayRef<SubtargetFeatureKV> all = tables.getAllProcessorFeatures(); // sorted
  const SubtargetFeatureKV *found = std::lower_bound(all.begin(), all.end(), name);
  return found != all.end() && name == found->Key ? found : nullptr;
}

static std::string join(ArrayRef<std::string> features) {
  return features.empty() ? "" : "+" + llvm::join(features, ",+");
}

/// Names of the features that are on, in the order of LLVM's table.
static std::vector<std::string> enabled(const MCSubtargetInfo &tables) {
  std::vector<std::string> names;
  for (const SubtargetFeatureKV &feature : tables.getAllProcessorFeatures())
    if (tables.getFeatureBits().test(feature.Value))
      names.push_back(feature.Key);
  return names;
}

static std::vector<std::string> extensionsIn(function_ref<bool(StringRef)> has) {
  std::vector<std::string> found;
  for (ArrayRef<StringLiteral> level : levels) {
    if (!all_of(level, has))
      break;
    append_range(found, map_range(level, [](StringRef name) { return name.str(); }));
  }
  for (StringRef extension : extensions)
    if (has(extension))
      found.push_back(extension.str());
  return found;
}

//===----------------------------------------------------------------------===//
// The base
//===----------------------------------------------------------------------===//

namespace {
struct Base {
  const Architecture *architecture = nullptr;
  std::vector<std::string> features; // beyond the baseline
};
} // namespace

static const Architecture *hostArchitecture() {
  Triple host(sys::getDefaultTargetTriple());
  auto *found = find_if(architectures, [&](const Architecture &one) { return one.inTriple == host.getArchName(); });
  return found == std::end(architectures) ? nullptr : found;
}

static Base hostBase() {
  Base base{hostArchitecture(), {}};
  StringMap<bool> host = sys::getHostCPUFeatures();
  if (base.architecture == &x86)
    base.features = extensionsIn([&](StringRef name) { return host.lookup(name); });
  else
    for (const auto &[name, isOn] : host)
      if (isOn)
        base.features.push_back(name.str());
  return base;
}

/// "x86-64-v2".."x86-64-v4", or the name of an architecture.
static Base namedBase(StringRef name) {
  for (const Architecture &architecture : architectures)
    if (name == architecture.name)
      return {&architecture, {}};
  unsigned level;
  if (!name.consume_front("x86-64-v") || name.getAsInteger(10, level) || level < 2 || level > 4)
    return {};
  Base base{&x86, {}};
  for (ArrayRef<StringLiteral> group : ArrayRef(levels).take_front(level - 1))
    append_range(base.features, map_range(group, [](StringRef feature) { return feature.str(); }));
  return base;
}

/// Only what a processor can do, not for what its code is tuned; and no processor of 32 bits.
static std::optional<std::vector<std::string>> featuresOf(const Architecture &architecture, MCSubtargetInfo &tables,
                                                          const SubtargetSubTypeKV &processor) {
  tables.setFeatureBits(FeatureBitset());
  tables.SetFeatureBitsTransitively(processor.Implies.getAsBitset());
  if (const SubtargetFeatureKV *wide = findFeature(tables, "64bit"); wide && !tables.getFeatureBits().test(wide->Value))
    return std::nullopt;
  std::vector<std::string> all = enabled(tables);
  if (&architecture != &x86)
    return all;
  return extensionsIn([&](StringRef name) { return is_contained(all, name); });
}

static bool isGeneric(StringRef processor) { return processor.starts_with("generic"); }

static Base processorBase(StringRef name, const Architecture &architecture) {
  std::unique_ptr<MCSubtargetInfo> tables = tablesOf(architecture, "");
  if (!tables || isGeneric(name))
    return {};
  if (architecture.name == "aarch64")
    name = AArch64::resolveCPUAlias(name);
  for (const SubtargetSubTypeKV &processor : tables->getAllProcessorDescriptions())
    if (name == processor.Key)
      if (auto features = featuresOf(architecture, *tables, processor))
        return {&architecture, *features};
  return {};
}

static Base findBase(StringRef name) {
  if (name == "native")
    return hostBase();
  Base base = namedBase(name);
  if (const Architecture *host = hostArchitecture(); host && !base.architecture)
    base = processorBase(name, *host);
  for (const Architecture &architecture : architectures)
    if (!base.architecture)
      base = processorBase(name, architecture);
  return base;
}

//===----------------------------------------------------------------------===//
// The target
//===----------------------------------------------------------------------===//

static uint64_t hostCache(int name, uint64_t otherwise) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : otherwise;
}

static Machine hostCaches() {
  Machine machine;
  machine.l1Bytes = hostCache(_SC_LEVEL1_DCACHE_SIZE, machine.l1Bytes);
  machine.l2Bytes = hostCache(_SC_LEVEL2_CACHE_SIZE, machine.l2Bytes);
  return machine;
}

/// "l1=48k": true when it is about a cache and could be read.
static bool readCache(StringRef feature, Machine &machine) {
  auto [name, value] = feature.split('=');
  uint64_t unit = value.consume_back("k") ? 1 << 10 : value.consume_back("m") ? 1 << 20 : 1, count;
  if ((name != "l1" && name != "l2") || value.getAsInteger(10, count) || count == 0)
    return false;
  (name == "l1" ? machine.l1Bytes : machine.l2Bytes) = count * unit;
  return true;
}

static std::string spellCache(StringRef name, uint64_t bytes) {
  bool isWhole = bytes % 1024 == 0;
  return ("+" + name + "=" + Twine(isWhole ? bytes / 1024 : bytes) + (isWhole ? "k" : "")).str();
}

static void readFeatures(Machine &machine, const Architecture &architecture, function_ref<bool(StringRef)> has) {
  machine.fma = has(architecture.fma);
  if (&architecture != &x86)
    return;
  bool isWide = has("avx512f");
  machine.vectorBits = isWide ? 512 : has("avx") ? 256 : 128;
  machine.bf16Dot = isWide && has("avx512bf16");
  machine.int8Dot = isWide ? has("avx512vnni") : has("avxvnni");
  machine.amxBf16 = isWide && has("amx-bf16");
  machine.amxInt8 = isWide && has("amx-int8");
}

/// The highest level, then what it does not contain and nothing else implies.
static std::vector<std::string> describe(const Architecture &architecture, const MCSubtargetInfo &tables,
                                         ArrayRef<std::string> extra) {
  std::vector<std::string> words = {architecture.name.str()}, known;
  auto has = [&](StringRef name) {
    const SubtargetFeatureKV *feature = findFeature(tables, name);
    return feature && tables.getFeatureBits().test(feature->Value);
  };
  for (auto [number, level] : enumerate(levels)) {
    if (&architecture != &x86 || !all_of(level, has))
      break;
    words[0] = "x86-64-v" + std::to_string(number + 2);
    append_range(known, map_range(level, [](StringRef name) { return name.str(); }));
  }
  FeatureBitset covered = tablesOf(architecture, architecture.baseline, join(known))->getFeatureBits();
  auto isCovered = [&](StringRef name) { return covered.test(findFeature(tables, name)->Value); };
  std::vector<std::string> rest;
  copy_if(extra, std::back_inserter(rest), [&](StringRef name) { return !isCovered(name); });
  llvm::sort(rest);
  for (const std::string &name : rest) {
    bool isImplied = any_of(rest, [&](StringRef other) {
      const SubtargetFeatureKV *feature = findFeature(tables, other);
      return other != name && feature->Implies.getAsBitset().test(findFeature(tables, name)->Value);
    });
    if (!isImplied && words.back() != name)
      words.push_back(name);
  }
  return words;
}

static Error unknownTarget(StringRef name) {
  std::string known;
  for (const Architecture &architecture : ArrayRef(architectures).drop_front())
    known += (", " + architecture.name).str();
  return createStringError("unknown target '" + name + "': expected native, x86-64, x86-64-v2, x86-64-v3, x86-64-v4" + known +
                           " or a processor that ternc --mcpu=help lists, each with +FEATURE... where wanted");
}

Expected<CpuTarget> tern::cpu::parseCpuTarget(StringRef text) {
  auto [name, rest] = text.split('+');
  Base base = findBase(name);
  if (!base.architecture)
    return unknownTarget(name);
  const Architecture &architecture = *base.architecture;
  std::unique_ptr<MCSubtargetInfo> tables = tablesOf(architecture, architecture.baseline);
  if (!tables)
    return createStringError("this LLVM makes no code for " + architecture.name);
  CpuTarget target;
  Machine machine = name == "native" ? hostCaches() : Machine();
  SmallVector<StringRef> added;
  rest.split(added, '+', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef feature : added) {
    if (readCache(feature, machine))
      continue;
    (findFeature(*tables, feature) ? base.features : target.unknown).push_back(feature.str());
  }
  tables = tablesOf(architecture, architecture.baseline, join(base.features));
  std::vector<std::string> words = describe(architecture, *tables, base.features);
  std::vector<std::string> on = enabled(*tables), baseline = enabled(*tablesOf(architecture, architecture.baseline));
  target.isa = llvm::join(words, " +");
  target.text = llvm::join(words, "+");
  if (machine.l1Bytes != Machine().l1Bytes)
    target.text += spellCache("l1", machine.l1Bytes);
  if (machine.l2Bytes != Machine().l2Bytes)
    target.text += spellCache("l2", machine.l2Bytes);
  target.triple = tripleOf(architecture);
  target.processor = architecture.baseline.str();
  readFeatures(machine, architecture, [&](StringRef feature) { return is_contained(on, feature); });
  erase_if(on, [&](StringRef feature) { return is_contained(baseline, feature); });
  target.features = join(on);
  target.machine = machine;
  return target;
}

static constexpr StringLiteral allTargets =
    "x86-64,x86-64-v3,x86-64-v4,x86-64-v4+avx512bf16+avx512vnni+amx-tile+amx-bf16+amx-int8";

Expected<std::vector<CpuTarget>> tern::cpu::parseCpuTargets(StringRef text) {
  SmallVector<StringRef> texts;
  (text == "all" ? StringRef(allTargets) : text).split(texts, ',');
  std::vector<CpuTarget> targets;
  for (StringRef one : texts) {
    Expected<CpuTarget> target = parseCpuTarget(one);
    if (!target)
      return target.takeError();
    for (const CpuTarget &other : targets) {
      if (other.triple != target->triple)
        return createStringError("--mcpu=" + text + ": one program is for one architecture, not for " + other.isa + " and " +
                                 target->isa);
      if (other.isa == target->isa)
        return createStringError("--mcpu=" + text + ": two of them are " + target->isa + "; leave one away");
    }
    targets.push_back(std::move(*target));
  }
  llvm::stable_sort(targets, [](const CpuTarget &one, const CpuTarget &other) {
    return StringRef(one.features).count(',') < StringRef(other.features).count(',') ||
           (one.features.empty() && !other.features.empty());
  });
  return targets;
}

mlir::FailureOr<Machine> tern::cpu::parseMachine(mlir::Operation *op, StringRef target) {
  Expected<CpuTarget> parsed = parseCpuTarget(target);
  if (!parsed)
    return op->emitError(toString(parsed.takeError()));
  for (const std::string &feature : parsed->unknown)
    op->emitWarning() << "no feature '" << feature << "' of " << parsed->processor << " is known; left out";
  return parsed->machine;
}

std::string tern::cpu::missingHere(const CpuTarget &target) {
  const Architecture *host = hostArchitecture();
  if (!host || target.triple != tripleOf(*host))
    return Triple(target.triple).getArchName().str();
  StringMap<bool> features = sys::getHostCPUFeatures();
  SmallVector<StringRef> needed, missing;
  StringRef(target.features).split(needed, ",+", -1, false);
  for (StringRef name : needed) {
    name.consume_front("+");
    auto found = features.find(name);
    if (found != features.end() && !found->second) // what is not asked for, such as x87, is there
      missing.push_back(name);
  }
  return llvm::join(missing, " ");
}

void tern::cpu::listCpuTargets(raw_ostream &out) {
  out << "native: feature bits and caches of this machine\n"
         "all: one program for x86-64, x86-64-v3, x86-64-v4 and x86-64-v4 with tiles; it picks one when it starts\n"
         "x86-64, x86-64-v2, x86-64-v3, x86-64-v4: levels\n";
  for (const Architecture &architecture : architectures) {
    std::unique_ptr<MCSubtargetInfo> tables = tablesOf(architecture, "");
    if (!tables)
      continue;
    out << architecture.name << ": the baseline, or the features of";
    for (const SubtargetSubTypeKV &processor : tables->getAllProcessorDescriptions())
      if (!isGeneric(processor.Key) && featuresOf(architecture, *tables, processor))
        out << " " << processor.Key;
    out << "\n";
  }
  out << "several separated by commas are one program that picks one of them when it starts;\n"
         "each with +FEATURE... for what LLVM knows by that name, and caches as +l1=48k+l2=2m\n";
}
