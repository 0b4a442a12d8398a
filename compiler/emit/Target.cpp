// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's machine for a triple and features.

#include "compiler/emit/Emit.h"

#include "llvm/MC/TargetRegistry.h"

using namespace llvm;

Expected<std::unique_ptr<TargetMachine>> tern::createMachine(StringRef triple, StringRef processor, StringRef features,
                                                             unsigned optimizationLevel) {
  std::string error;
  const Target *registered = TargetRegistry::lookupTarget(Triple(triple), error);
  if (!registered)
    return createStringError(error);
  TargetOptions options;
  options.FunctionSections = options.DataSections = true;
  return std::unique_ptr<TargetMachine>(registered->createTargetMachine(
      Triple(triple), processor, features, options, Reloc::PIC_, std::nullopt,
      optimizationLevel == 0 ? CodeGenOptLevel::Less : CodeGenOptLevel::Aggressive));
}
