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
#include "compiler/memory/Passes.h"
#if __has_include("dialects/check/Check.h")
#include "dialects/check/Check.h"
#endif
#include "dialects/kernel/Kernel.h"
#include "dialects/tern/Tern.h"
#if __has_include("compiler/shape/Passes.h.inc")
#include "compiler/shape/Passes.h"
#endif
#if __has_include("compiler/derive/Passes.h.inc")
#include "compiler/derive/Passes.h"
#endif
#if __has_include("compiler/grad/Passes.h.inc")
#include "compiler/grad/Passes.h"
#endif
#if __has_include("compiler/fuse/Passes.h.inc")
#include "compiler/fuse/Passes.h"
#endif
#if __has_include("compiler/lower/Passes.h.inc")
#include "compiler/lower/Passes.h"
#endif
#if __has_include("compiler/cpu/Passes.h.inc")
#include "compiler/cpu/Passes.h"
#endif

void tern::registerDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);

  registry.insert<TernDialect, kernel::KernelDialect>();
  kernel::registerBufferization(registry);
#if __has_include("dialects/check/Check.h")
  registry.insert<check::CheckDialect>();
  check::registerBufferization(registry);
#endif
}

void tern::registerPasses() {
  mlir::registerAllPasses();
#if __has_include("compiler/shape/Passes.h.inc")
  registershapePasses();
#endif
#if __has_include("compiler/derive/Passes.h.inc")
  registerderivePasses();
#endif
#if __has_include("compiler/grad/Passes.h.inc")
  registergradPasses();
#endif
#if __has_include("compiler/fuse/Passes.h.inc")
  registerfusePasses();
#endif
#if __has_include("compiler/lower/Passes.h.inc")
  registerlowerPasses();
#endif
#if __has_include("compiler/cpu/Passes.h.inc")
  registercpuPasses();
#endif
  registermemoryPasses();
  registerPipelines();
}
