// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CPUID says what the processor can, XGETBV which registers the system saves. Tiles need a permission on top.

#include "runtime/core/Variants.h"

#include <algorithm>

#ifdef __x86_64__
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tern::rt {

namespace {

struct Feature {
  unsigned index;
  std::string_view name;
  uint32_t leaf, subleaf, where, bit;

  uint64_t mask() const { return uint64_t(1) << index; }
};

#define TERN_FEATURE(index, name, leaf, subleaf, where, bit) {index, name, leaf, subleaf, where, bit},
constexpr Feature kFeatures[] = {TERN_X86_FEATURES(TERN_FEATURE)};
#undef TERN_FEATURE

bool needsTiles(uint64_t features) {
  return std::ranges::any_of(
      kFeatures, [&](const Feature &one) { return (features & one.mask()) && one.name.starts_with("amx"); });
}

#ifdef __x86_64__
/// The registers that the system saves when it switches threads: bits of XCR0.
uint64_t savedRegisters() {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  constexpr uint32_t osxsave = 1u << 27;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & osxsave))
    return 0;
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t(high) << 32 | low;
}

/// The bits of XCR0 without which a feature's instructions fault.
uint64_t neededRegisters(std::string_view name) {
  constexpr uint64_t wide = 0x6, wider = 0xe6, tiles = 0x60000;
  if (name.starts_with("amx"))
    return tiles;
  if (name.starts_with("avx512"))
    return wider;
  bool isWide = name.starts_with("avx") || name == "fma" || name == "f16c";
  return isWide ? wide : 0;
}

uint64_t readFeatures() {
  uint64_t saved = savedRegisters(), features = 0;
  for (const Feature &one : kFeatures) {
    uint32_t registers[4] = {};
    bool isKnown = __get_cpuid_count(one.leaf, one.subleaf, &registers[0], &registers[1], &registers[2], &registers[3]);
    uint64_t needed = neededRegisters(one.name);
    if (isKnown && (registers[one.where] >> one.bit & 1) && (saved & needed) == needed)
      features |= one.mask();
  }
  return features;
}

bool askForTiles() {
  constexpr long requestPermission = 0x1023, tileData = 18; // ARCH_REQ_XCOMP_PERM
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}
#else
uint64_t readFeatures() { return 0; }
bool askForTiles() { return false; }
#endif

std::string withoutSpaces(std::string_view text) {
  std::string result(text);
  std::erase(result, ' ');
  return result;
}

Status checkTable(const tern_variants &program) {
  if (program.magic != TERN_ABI_MAGIC)
    return error("this is not a Tern program: its table starts with ", program.magic);
  if (program.version != TERN_ABI_VERSION)
    return error("the program has version ", program.version, ", this runtime reads ", TERN_ABI_VERSION,
                 "; compile the model again with the ternc of this runtime");
  bool isWhole = program.variant_bytes == sizeof(tern_variant) && program.count > 0 && program.variants;
  for (uint32_t index = 0; isWhole && index < program.count; ++index)
    isWhole = program.variants[index].isa && program.variants[index].manifest;
  return isWhole ? success()
                 : Status(error("the program is damaged: its table of variants is not whole; compile it again"));
}

/// Why a variant cannot be used, or nothing. Asks for tiles where it needs them.
std::string whyNot(const tern_variant &variant, const Processor &processor) {
  if (std::string missing = missingFeatures(variant, processor); !missing.empty())
    return "this machine lacks " + missing;
  if (needsTiles(variant.features) && !(processor.permitTiles && processor.permitTiles()))
    return "the system refuses the use of tile registers";
  return "";
}

std::string listVariants(const tern_variants &program, const Processor &processor) {
  std::string list;
  for (const tern_variant &variant : variantsOf(program)) {
    std::string why = whyNot(variant, processor);
    list += "\n  " + withoutSpaces(variant.isa) + ": " + (why.empty() ? "can be used" : why);
  }
  return list;
}

} // namespace

Processor thisProcessor() { return {readFeatures(), askForTiles}; }

bool hasFeatures(const Processor &processor, std::initializer_list<std::string_view> names) {
  return std::ranges::all_of(names, [&](std::string_view name) {
    auto feature = std::ranges::find(kFeatures, name, &Feature::name);
    return feature != std::end(kFeatures) && (processor.features & feature->mask());
  });
}

std::string missingFeatures(const tern_variant &variant, const Processor &processor) {
  std::string names;
  for (const Feature &one : kFeatures)
    if (variant.features & ~processor.features & one.mask())
      names += (names.empty() ? "" : " ") + std::string(one.name);
  return names;
}

const tern_variant *findVariant(const tern_variants &program, std::string_view isa) {
  for (const tern_variant &variant : variantsOf(program))
    if (withoutSpaces(variant.isa) == withoutSpaces(isa))
      return &variant;
  return nullptr;
}

Result<const tern_variant *> pickVariant(const tern_variants &program, std::string_view wanted,
                                         const Processor &processor) {
  TERN_TRY(checkTable(program));
  if (!wanted.empty()) {
    const tern_variant *found = findVariant(program, wanted);
    if (!found)
      return error("this program has no variant '", wanted, "'; it has:", listVariants(program, processor));
    if (std::string why = whyNot(*found, processor); !why.empty())
      return error("the variant '", wanted, "' cannot be used: ", why,
                   "; the program has:", listVariants(program, processor));
    return found;
  }
  for (uint32_t index = program.count; index-- > 0;)
    if (whyNot(program.variants[index], processor).empty())
      return &program.variants[index];
  return error("this machine cannot run the program:", listVariants(program, processor),
               "\ncompile the model again with --mcpu=x86-64, or with --mcpu=all for every kind of machine");
}

} // namespace tern::rt
