// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `info`: what the manifest says. Nothing is allocated or run.

#include "runtime/cli/Commands.h"
#include "runtime/cli/Setup.h"
#include "runtime/core/Json.h"
#include "runtime/core/Variants.h"

#include <cstdio>

namespace tern::rt {

namespace {

struct MemoryClass {
  const char *name;
  uint64_t tern_memory::*bytes;
};

constexpr MemoryClass kMemoryClasses[] = {
    {"parameters", &tern_memory::parameters},
    {"gradients", &tern_memory::gradients},
    {"optimizer", &tern_memory::optimizer},
    {"activations", &tern_memory::activations},
    {"workspace", &tern_memory::workspace},
    {"cache", &tern_memory::cache},
    {"io", &tern_memory::io},
    {"scratch_per_thread", &tern_memory::scratch_per_thread},
    {"arena", &tern_memory::arena},
};

} // namespace

static std::string tensorsJson(std::span<const tern_tensor> tensors) {
  std::string list;
  for (const tern_tensor &tensor : tensors) {
    std::string shape;
    for (int64_t extent : shapeOf(tensor))
      shape += (shape.empty() ? "" : ",") + jsonNumber(extent);
    JsonObject object;
    object.add("name", tensor.name).add("dtype", dtypeName(tensor.dtype)).addRaw("shape", "[" + shape + "]");
    list += (list.empty() ? "" : ",") + object.text();
  }
  return "[" + list + "]";
}

static std::string variantsJson(const tern_variants &program, const tern_manifest &picked) {
  std::string list;
  for (const tern_variant &variant : variantsOf(program)) {
    JsonObject object;
    object.add("isa", variant.isa).add("picked", variant.manifest == &picked);
    object.add("missing", missingFeatures(variant, thisProcessor()));
    list += (list.empty() ? "" : ",") + object.text();
  }
  return "[" + list + "]";
}

static void printJson(const tern_variants &variants, const Program &program) {
  const tern_manifest &manifest = program.manifest();
  std::string entries;
  for (const tern_entry &entry : program.entries()) {
    JsonObject object;
    object.add("name", entry.name).add("flops", entry.flops).add("bytes", entry.bytes);
    object.addRaw("inputs", tensorsJson(inputs(entry))).addRaw("outputs", tensorsJson(outputs(entry)));
    entries += (entries.empty() ? "" : ",") + object.text();
  }
  JsonObject memory;
  for (const MemoryClass &one : kMemoryClasses)
    memory.add(one.name, manifest.memory.*one.bytes);
  JsonObject object;
  object.add("model", manifest.model).add("parameters", program.parameterElements());
  object.add("objective", manifest.objective).add("optimizer", manifest.optimizer);
  object.add("precision", manifest.precision).add("tokenizer", manifest.tokenizer);
  object.add("batch", manifest.batch).add("seq", manifest.seq).add("vocab", manifest.vocab);
  object.add("context", static_cast<int64_t>(manifest.context));
  object.addRaw("entries", "[" + entries + "]").add("memory", memory);
  object.add("isa", manifest.isa).add("compiler", manifest.compiler).add("source_hash", manifest.source_hash);
  object.addRaw("variants", variantsJson(variants, manifest));
  std::printf("%s\n", object.text().c_str());
}

static void printVariants(const tern_variants &program, const tern_manifest &picked) {
  for (const tern_variant &variant : variantsOf(program)) {
    std::string missing = missingFeatures(variant, thisProcessor());
    std::printf("variant      %s%s\n", variant.isa,
                variant.manifest == &picked ? " (picked)"
                : missing.empty()           ? ""
                                            : (": this machine lacks " + missing).c_str());
  }
}

static void printText(const tern_variants &variants, const Program &program) {
  const tern_manifest &manifest = program.manifest();
  std::printf("model        %s (%s, %s", manifest.model, manifest.objective, manifest.precision);
  std::printf(manifest.optimizer[0] ? ", %s)\n" : ")%s\n", manifest.optimizer);
  std::printf("             %s parameters in %zu tensors\n", withSeparators(program.parameterElements()).c_str(),
              program.parameters().size());
  std::printf("shape        batch %lld", static_cast<long long>(manifest.batch));
  if (manifest.seq > 0)
    std::printf(", sequence %lld", static_cast<long long>(manifest.seq));
  if (manifest.context > 0)
    std::printf(", generation up to %u", manifest.context);
  if (manifest.vocab > 0)
    std::printf(", vocabulary %s", withSeparators(static_cast<uint64_t>(manifest.vocab)).c_str());
  std::printf("\n\n%-12s %22s %22s\n", "entry", "FLOPs", "bytes moved");
  for (const tern_entry &entry : program.entries())
    std::printf("%-12s %22s %22s\n", entry.name, withSeparators(entry.flops).c_str(),
                withSeparators(entry.bytes).c_str());
  std::printf("\n%-20s %14s\n", "memory", "bytes");
  for (const MemoryClass &one : kMemoryClasses)
    std::printf("%-20s %14s\n", one.name, withSeparators(manifest.memory.*one.bytes).c_str());
  std::printf("\nisa          %s\n", manifest.isa);
  if (variants.count > 1)
    printVariants(variants, manifest);
  std::printf("compiler     %s\nhash         %s\n", manifest.compiler, manifest.source_hash);
}

Status runInfo(const tern_variants &variants, const tern_manifest &manifest, const MachineOptions &options) {
  TERN_ASSIGN(Program program, Program::create(manifest));
  if (options.json)
    printJson(variants, program);
  else
    printText(variants, program);
  return success();
}

} // namespace tern::rt
