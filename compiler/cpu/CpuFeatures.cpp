// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which architectures and features there are, told by LLVM's tables, and what a name stands for.

#include "compiler/cpu/CpuFeatures.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/Host.h"

#include <mutex>

using namespace llvm;
using namespace tern::cpu;

static constexpr Architecture known[] = {{"x86-64", "x86_64", "x86-64", "fma", "64bit"},
                                         {"aarch64", "aarch64", "generic", "fp-armv8", "neon"},
                                         {"riscv64", "riscv64", "generic-rv64", "f", "d"},
                                         {"powerpc64le", "powerpc64le", "ppc64le", "vsx", "power8-vector"},
                                         {"loongarch64", "loongarch64", "generic-la64", "f", "d"}};
static constexpr const Architecture &x86 = known[0];

ArrayRef<Architecture> tern::cpu::architectures() { return known; }

bool tern::cpu::isX86(const Architecture &architecture) { return &architecture == &x86; }

// The levels of the x86-64 psABI, each containing the one before.
static constexpr StringLiteral level2[] = {"cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"};
static constexpr StringLiteral level3[] = {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"};
static constexpr StringLiteral level4[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};
static constexpr ArrayRef<StringLiteral> levels[] = {level2, level3, level4};

ArrayRef<ArrayRef<StringLiteral>> tern::cpu::levelsOfX86() { return levels; }

// Extensions of x86-64 that serve tensors. Of what a machine or a processor's name brings along, only these and the
// levels are used: all of them can be asked for when a program starts.
static constexpr StringLiteral extensions[] = {"avxvnni",    "avx512bf16", "avx512fp16", "avx512vbmi", "avx512vbmi2",
                                               "avx512vnni", "gfni",       "amx-tile",   "amx-bf16",   "amx-int8"};

//===----------------------------------------------------------------------===//
// LLVM's tables
//===----------------------------------------------------------------------===//

/// This machine's architecture is always there; the others are registered by whoever asks for them first. Passes ask in
/// parallel.
static const Target *lookUp(StringRef triple) {
  static std::mutex registering;
  std::lock_guard lock(registering);
  static const bool isNativeReady =
      !InitializeNativeTarget() && !InitializeNativeTargetAsmPrinter() && !InitializeNativeTargetAsmParser();
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

std::string tern::cpu::tripleOf(const Architecture &architecture) {
  Triple triple(sys::getDefaultTargetTriple());
  triple.setArchName(architecture.inTriple);
  return triple.str();
}

std::unique_ptr<MCSubtargetInfo> tern::cpu::tablesOf(const Architecture &architecture, StringRef processor,
                                                     StringRef features) {
  Triple triple(tripleOf(architecture));
  const Target *target = lookUp(triple.str());
  return std::unique_ptr<MCSubtargetInfo>(target ? target->createMCSubtargetInfo(triple, processor, features)
                                                 : nullptr);
}

const SubtargetFeatureKV *tern::cpu::findFeature(const MCSubtargetInfo &tables, StringRef name) {
  ArrayRef<SubtargetFeatureKV> all = tables.getAllProcessorFeatures(); // sorted
  const SubtargetFeatureKV *found = std::lower_bound(all.begin(), all.end(), name);
  return found != all.end() && name == found->Key ? found : nullptr;
}

std::string tern::cpu::joinFeatures(ArrayRef<std::string> features) {
  return features.empty() ? "" : "+" + llvm::join(features, ",+");
}

/// Names of the features that are on, in the order of LLVM's table.
std::vector<std::string> tern::cpu::enabled(const MCSubtargetInfo &tables) {
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

const Architecture *tern::cpu::hostArchitecture() {
  Triple host(sys::getDefaultTargetTriple());
  auto *found = find_if(known, [&](const Architecture &one) { return one.inTriple == host.getArchName(); });
  return found == std::end(known) ? nullptr : found;
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
  for (const Architecture &architecture : known)
    if (name == architecture.name)
      return {&architecture, {architecture.needed.str()}};
  unsigned level;
  if (!name.consume_front("x86-64-v") || name.getAsInteger(10, level) || level < 2 || level > 4)
    return {};
  Base base{&x86, {}};
  for (ArrayRef<StringLiteral> group : ArrayRef(levels).take_front(level - 1))
    append_range(base.features, map_range(group, [](StringRef feature) { return feature.str(); }));
  return base;
}

/// Only what a processor can do, not for what its code is tuned.
static std::optional<std::vector<std::string>> featuresOf(const Architecture &architecture, MCSubtargetInfo &tables,
                                                          const SubtargetSubTypeKV &processor) {
  tables.setFeatureBits(FeatureBitset());
  tables.SetFeatureBitsTransitively(processor.Implies.getAsBitset());
  std::vector<std::string> all = enabled(tables);
  if (!is_contained(all, architecture.needed))
    return std::nullopt;
  if (&architecture != &x86)
    return all;
  return extensionsIn([&](StringRef name) { return is_contained(all, name); });
}

static bool isGeneric(StringRef processor) { return processor.starts_with("generic"); }

std::vector<std::string> tern::cpu::listProcessors(const Architecture &architecture) {
  std::vector<std::string> names;
  std::unique_ptr<MCSubtargetInfo> tables = tablesOf(architecture, "");
  for (const SubtargetSubTypeKV &processor :
       tables ? tables->getAllProcessorDescriptions() : ArrayRef<SubtargetSubTypeKV>())
    if (!isGeneric(processor.Key) && featuresOf(architecture, *tables, processor))
      names.push_back(processor.Key);
  return names;
}

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

Base tern::cpu::findBase(StringRef name) {
  if (name == "native")
    return hostBase();
  Base base = namedBase(name);
  if (const Architecture *host = hostArchitecture(); host && !base.architecture)
    base = processorBase(name, *host);
  for (const Architecture &architecture : known)
    if (!base.architecture)
      base = processorBase(name, architecture);
  return base;
}
