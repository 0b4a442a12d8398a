// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The only file that sees all of upstream at once: InitAll* headers are slow to compile and belong nowhere else.

#include "compiler/Register.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

#include "compiler/Pipeline.h"
#include "compiler/cpu/Passes.h"
#include "compiler/derive/Passes.h"
#include "compiler/fuse/Passes.h"
#include "compiler/grad/Passes.h"
#include "compiler/lower/Passes.h"
#include "compiler/memory/Passes.h"
#include "compiler/shape/Passes.h"
#include "compiler/support/Passes.h"
#include "dialects/check/Check.h"
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"

void tern::registerDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);

  registry.insert<TernDialect, kernel::KernelDialect>();
  kernel::registerBufferization(registry);
  registry.insert<check::CheckDialect>();
  check::registerBufferization(registry);
}

void tern::registerPasses() {
  mlir::registerAllPasses();
  registersupportPasses();
  registershapePasses();
  registerderivePasses();
  registergradPasses();
  registerfusePasses();
  registerlowerPasses();
  registercpuPasses();
  registermemoryPasses();
  registerPipelines();
}
