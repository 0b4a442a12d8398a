// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which instructions may be used: by feature bits, never by the name of a processor model.

#include "compiler/emit/Emit.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace tern;

// The levels of the x86-64 psABI, each containing the one before.
static constexpr const char *level2[] = {"cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"};
static constexpr const char *level3[] = {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"};
static constexpr const char *level4[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};
static constexpr ArrayRef<const char *> levels[] = {level2, level3, level4};

// Extensions that generated code uses beyond the levels.
static constexpr const char *extensions[] = {"amx-tile",   "amx-bf16",   "amx-int8",
                                             "avx512bf16", "avx512vnni", "avx512fp16"};

static std::string joinFeatures(ArrayRef<StringRef> features) {
  std::string text;
  for (StringRef feature : features)
    text += (text.empty() ? "+" : ",+") + feature.str();
  return text;
}

// Fills `features` with what is enabled, and says it in the words of the psABI.
static std::string nativeFeatures(SmallVectorImpl<StringRef> &features) {
  StringMap<bool> host = sys::getHostCPUFeatures();
  std::string name = "x86-64";
  unsigned level = 1;
  for (ArrayRef<const char *> group : levels) {
    if (!all_of(group, [&](const char *feature) { return host.lookup(feature); }))
      break;
    append_range(features, group);
    name = "x86-64-v" + std::to_string(++level);
  }
  for (const char *extension : extensions) {
    if (!host.lookup(extension))
      continue;
    features.push_back(extension);
    name += std::string(" +") + extension;
  }
  return name;
}

// "x86-64" or "x86-64-v2".."x86-64-v4".
static bool levelFeatures(StringRef cpu, SmallVectorImpl<StringRef> &features) {
  unsigned level = 1;
  if (cpu != "x86-64" && (!cpu.consume_front("x86-64-v") || cpu.getAsInteger(10, level) || level < 2 || level > 4))
    return false;
  for (ArrayRef<const char *> group : ArrayRef(levels).take_front(level - 1))
    append_range(features, group);
  return true;
}

Expected<CodeTarget> tern::createTarget(StringRef cpu, unsigned optimizationLevel) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  InitializeNativeTargetAsmParser();
  Triple triple(sys::getDefaultTargetTriple());
  if (triple.getArch() != Triple::x86_64)
    return createStringError("code can be made for x86-64 only, but this machine is %s", triple.str().c_str());

  tern::CodeTarget target;
  SmallVector<StringRef> features;
  if (cpu == "native")
    target.isa = nativeFeatures(features);
  else if (levelFeatures(cpu, features))
    target.isa = cpu.str();
  else
    return createStringError("unknown target '%s': expected native, x86-64, x86-64-v2, x86-64-v3 or x86-64-v4",
                             cpu.str().c_str());

  std::string error;
  const llvm::Target *registered = TargetRegistry::lookupTarget(triple, error);
  if (!registered)
    return createStringError(error);
  TargetOptions options;
  options.FunctionSections = options.DataSections = true;
  target.machine.reset(
      registered->createTargetMachine(triple, "x86-64", joinFeatures(features), options, Reloc::PIC_, std::nullopt,
                                      optimizationLevel == 0 ? CodeGenOptLevel::Less : CodeGenOptLevel::Aggressive));
  if (is_contained(features, "avx512f"))
    target.vectorBits = 512;
  else if (is_contained(features, "avx"))
    target.vectorBits = 256;
  target.fusedMultiplyAdd = is_contained(features, "fma");
  return target;
}
