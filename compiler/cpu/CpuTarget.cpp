// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts to targets, each brought to one spelling.

#include "compiler/cpu/CpuTarget.h"

#include "compiler/cpu/CpuFeatures.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

#include <unistd.h>

using namespace llvm;
using namespace tern::cpu;

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

/// "l1=48k", or tiles without tile registers: true when it is no feature of LLVM's and could be read.
static bool readOurs(StringRef feature, Machine &machine) {
  if (feature == "emulated-amx")
    return machine.emulatesAmx = true;
  auto [name, value] = feature.split('=');
  uint64_t unit = value.consume_back("k") ? 1 << 10 : value.consume_back("m") ? 1 << 20 : 1, count;
  constexpr uint64_t largest = 1 << 30; // no cache of one core is
  if ((name != "l1" && name != "l2") || value.getAsInteger(10, count) || count == 0 || count > largest / unit)
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
  if (!isX86(architecture))
    return;
  bool isWide = has("avx512f");
  machine.vectorBits = isWide ? 512 : has("avx") ? 256 : 128;
  machine.bf16Dot = isWide && has("avx512bf16");
  machine.int8Dot = isWide ? has("avx512vnni") : has("avxvnni");
  machine.emulatesAmx &= isWide;
  machine.amxBf16 = isWide && (has("amx-bf16") || machine.emulatesAmx);
  machine.amxInt8 = isWide && (has("amx-int8") || machine.emulatesAmx);
}

/// The highest level, then what it does not contain and nothing else implies.
static std::vector<std::string> describe(const Architecture &architecture, const MCSubtargetInfo &tables,
                                         ArrayRef<std::string> extra) {
  std::vector<std::string> words = {architecture.name.str()}, known;
  auto has = [&](StringRef name) {
    const SubtargetFeatureKV *feature = findFeature(tables, name);
    return feature && tables.getFeatureBits().test(feature->Value);
  };
  for (auto [number, level] : enumerate(levelsOfX86())) {
    if (!isX86(architecture) || !all_of(level, has))
      break;
    words[0] = "x86-64-v" + std::to_string(number + 2);
    append_range(known, map_range(level, [](StringRef name) { return name.str(); }));
  }
  FeatureBitset covered = tablesOf(architecture, architecture.baseline, joinFeatures(known))->getFeatureBits();
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
  for (const Architecture &architecture : architectures().drop_front())
    known += (", " + architecture.name).str();
  return createStringError("unknown target '" + name + "': expected native, x86-64, x86-64-v2, x86-64-v3, x86-64-v4" +
                           known + " or a processor that ternc --mcpu=help lists, each with +FEATURE... where wanted");
}

/// Spellings, features and machine from the bits in `tables` and from what the text said beside them.
static CpuTarget makeTarget(const Architecture &architecture, const MCSubtargetInfo &tables,
                            ArrayRef<std::string> extra, const Machine &ours) {
  std::vector<std::string> words = describe(architecture, tables, extra), on = enabled(tables);
  std::vector<std::string> baseline = enabled(*tablesOf(architecture, architecture.baseline));
  CpuTarget target;
  target.triple = tripleOf(architecture);
  target.processor = architecture.baseline.str();
  target.machine = ours;
  readFeatures(target.machine, architecture, [&](StringRef feature) { return is_contained(on, feature); });
  if (target.machine.emulatesAmx)
    words.push_back("emulated-amx");
  target.isa = llvm::join(words, " +");
  target.text = llvm::join(words, "+");
  if (ours.l1Bytes != Machine().l1Bytes)
    target.text += spellCache("l1", ours.l1Bytes);
  if (ours.l2Bytes != Machine().l2Bytes)
    target.text += spellCache("l2", ours.l2Bytes);
  erase_if(on, [&](StringRef feature) { return is_contained(baseline, feature); });
  target.features = joinFeatures(on);
  return target;
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
  Machine ours = name == "native" ? hostCaches() : Machine();
  std::vector<std::string> unknown;
  SmallVector<StringRef> added;
  rest.split(added, '+', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef feature : added)
    if (!readOurs(feature, ours))
      (findFeature(*tables, feature) ? base.features : unknown).push_back(feature.str());
  tables = tablesOf(architecture, architecture.baseline, joinFeatures(base.features));
  CpuTarget target = makeTarget(architecture, *tables, base.features, ours);
  target.unknown = unknown;
  return target;
}

static constexpr StringLiteral allTargets = "x86-64,x86-64-v3,x86-64-v4,x86-64-v4+avx512bf16+avx512vnni,"
                                            "x86-64-v4+avx512bf16+avx512vnni+amx-tile+amx-bf16+amx-int8";

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
        return createStringError("--mcpu=" + text + ": one program is for one architecture, not for " + other.isa +
                                 " and " + target->isa);
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
         "all: one program for x86-64, x86-64-v3, x86-64-v4, x86-64-v4 with dot products of bf16 and bytes, and that with\n"
         "     tiles; it picks one when it starts\n"
         "x86-64, x86-64-v2, x86-64-v3, x86-64-v4: levels\n";
  for (const Architecture &architecture : architectures())
    out << architecture.name << ": the baseline, or the features of " << llvm::join(listProcessors(architecture), " ")
        << "\n";
  out << "several separated by commas are one program that picks one of them when it starts;\n"
         "each with +FEATURE... for what LLVM knows by that name, and caches as +l1=48k+l2=2m\n";
}
