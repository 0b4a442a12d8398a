// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --mcpu of the tools: texts to targets, with what is said about them.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/tools/Compile.h"

using namespace tern;

static llvm::Expected<CodeTarget> makeTarget(const cpu::CpuTarget &parsed, PipelineOptions &options) {
  auto warn = [&](const std::string &feature, llvm::StringRef what) {
    llvm::errs() << "warning: --mcpu: feature '" << feature << "' " << what << "\n";
  };
  auto machine = createMachine(parsed.triple, parsed.processor, parsed.features, options.optimizationLevel);
  if (!machine)
    return machine.takeError();
  for (const std::string &feature : parsed.unknown)
    warn(feature, "is not known for " + parsed.processor + "; left out");
  for (const std::string &feature : requiredFeatures(**machine).unknown)
    warn(feature, "is used, but no program can ask for it when it starts");
  options.target = parsed.text;
  return CodeTarget{std::move(*machine), parsed.isa, parsed.machine.vectorBits, cpu::missingHere(parsed)};
}

/// The targets of a text, of which one at least can do what the options ask for.
static llvm::Expected<std::vector<cpu::CpuTarget>> parseTargets(llvm::StringRef text, const PipelineOptions &options) {
  llvm::Expected<std::vector<cpu::CpuTarget>> parsed = cpu::parseCpuTargets(text);
  if (!parsed)
    return parsed.takeError();
  bool hasTiles = llvm::any_of(*parsed, [](const cpu::CpuTarget &one) { return one.machine.amxBf16; });
  if (llvm::StringRef(options.f32).starts_with("split") && !hasTiles)
    return llvm::createStringError("--f32=" + options.f32 + " multiplies on tile registers (amx-bf16), which '" +
                                   parsed->front().isa + "' has not; choose --f32=auto, or --mcpu of a machine that has them");
  return parsed;
}

llvm::Expected<CodeTarget> tern::selectTarget(llvm::StringRef cpu, PipelineOptions &options) {
  llvm::Expected<std::vector<cpu::CpuTarget>> parsed = parseTargets(cpu, options);
  if (!parsed)
    return parsed.takeError();
  if (parsed->size() > 1)
    return llvm::createStringError("--mcpu=" + cpu + " stands for several targets; name one");
  return makeTarget(parsed->front(), options);
}

llvm::Expected<std::vector<Variant>> tern::selectVariants(llvm::StringRef cpu, const PipelineOptions &options) {
  llvm::Expected<std::vector<cpu::CpuTarget>> parsed = parseTargets(cpu, options);
  if (!parsed)
    return parsed.takeError();
  std::vector<Variant> variants;
  for (const cpu::CpuTarget &one : *parsed) {
    Variant &variant = variants.emplace_back(Variant{{}, options});
    llvm::Expected<CodeTarget> target = makeTarget(one, variant.options);
    if (!target)
      return target.takeError();
    variant.target = std::move(*target);
  }
  return variants;
}

bool tern::listTargets(llvm::StringRef cpu) {
  if (cpu != "help")
    return false;
  cpu::listCpuTargets(llvm::outs());
  return true;
}
