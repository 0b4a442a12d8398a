// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Several variants in one program: their symbols side by side, and the table by which the runtime picks one.

#include "compiler/emit/Emit.h"

#include "runtime/abi/tern.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/Linker/Linker.h"

using namespace llvm;
using namespace tern;

namespace {
struct KnownFeature {
  unsigned bit;
  StringLiteral name;
};
} // namespace

#define TERN_KNOWN(bit, name, leaf, subleaf, register, position) {bit, name},
static constexpr KnownFeature knownFeatures[] = {TERN_X86_FEATURES(TERN_KNOWN)};
#undef TERN_KNOWN

RequiredFeatures tern::requiredFeatures(const TargetMachine &machine) {
  RequiredFeatures required;
  if (machine.getTargetTriple().getArch() != Triple::x86_64)
    return required;
  SmallVector<StringRef> names;
  machine.getTargetFeatureString().split(names, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef name : names) {
    if (!name.consume_front("+"))
      continue;
    auto *found = find_if(knownFeatures, [&](const KnownFeature &known) { return known.name == name; });
    if (found == std::end(knownFeatures))
      required.unknown.push_back(name.str());
    else
      required.bits |= uint64_t(1) << found->bit;
  }
  return required;
}

/// ".x86_64_v4_amx_bf16" for "x86-64-v4 +amx-bf16".
static std::string suffixOf(StringRef isa) {
  std::string suffix = ".";
  for (char letter : isa)
    if (letter != ' ')
      suffix += isAlnum(letter) ? letter : '_';
  return suffix;
}

std::string tern::manifestName(StringRef isa) { return "tern_manifest" + suffixOf(isa); }

void tern::renameVariant(Module &program, StringRef isa) {
  for (Function &function : program)
    if (!function.isDeclaration() && !function.hasLocalLinkage())
      function.setName(function.getName() + suffixOf(isa));
}

Error tern::addVariant(Module &program, std::unique_ptr<Module> variant) {
  if (Linker::linkModules(program, std::move(variant)))
    return createStringError("two variants define the same symbol");
  return Error::success();
}

void tern::addVariantTable(Module &program, ArrayRef<VariantRow> rows) {
  LLVMContext &context = program.getContext();
  Type *pointer = PointerType::get(context, 0), *i32 = Type::getInt32Ty(context), *i64 = Type::getInt64Ty(context);
  auto *rowType = StructType::get(context, {pointer, i64, pointer});
  auto *tableType = StructType::get(context, {i32, i32, i32, i32, pointer});
  assert(program.getDataLayout().getTypeAllocSize(rowType) == sizeof(tern_variant) &&
         program.getDataLayout().getTypeAllocSize(tableType) == sizeof(tern_variants) && "the mirror differs from the contract");
  auto constant = [&](Constant *value) {
    return new GlobalVariable(program, value->getType(), true, GlobalValue::PrivateLinkage, value);
  };
  SmallVector<Constant *> constants;
  for (const VariantRow &row : rows)
    constants.push_back(ConstantStruct::get(rowType, {constant(ConstantDataArray::getString(context, row.isa)),
                                                      ConstantInt::get(i64, row.features),
                                                      program.getNamedGlobal(manifestName(row.isa))}));
  Constant *list = constant(ConstantArray::get(ArrayType::get(rowType, rows.size()), constants));
  auto number = [&](uint64_t value) { return ConstantInt::get(i32, value); };
  Constant *table =
      ConstantStruct::get(tableType, {number(TERN_ABI_MAGIC), number(TERN_ABI_VERSION), number(sizeof(tern_variant)),
                                      number(rows.size()), list});
  new GlobalVariable(program, tableType, true, GlobalValue::ExternalLinkage, table, "tern_program");
}
