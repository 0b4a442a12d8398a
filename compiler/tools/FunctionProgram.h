// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that name a function (check.gradient, check.deterministic): each compiles that function as a program of its
// own and runs it on drawn arguments.

#ifndef TERN_COMPILER_TOOLS_FUNCTIONPROGRAM_H
#define TERN_COMPILER_TOOLS_FUNCTIONPROGRAM_H

#include "compiler/tools/Compile.h"
#include "compiler/tools/Jit.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace tern {

/// "file.mlir:12:3"
std::string describeLocation(mlir::Location location);

/// True when a check of the module names a function.
bool holdsFunctionChecks(mlir::ModuleOp module);

/// Removes the checks that name functions: they are no part of a program.
void eraseFunctionChecks(mlir::ModuleOp module);

/// The module around `check` with one copy of the function per name, each an entry with the roles "argument0",
/// "result0" and so on, calls inlined, everything else gone. `prepare` sees the copies before that.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
makeFunctionProgram(mlir::Operation *check, mlir::FlatSymbolRefAttr function, llvm::ArrayRef<llvm::StringRef> entries,
                    llvm::function_ref<void(llvm::ArrayRef<mlir::func::FuncOp>)> prepare = nullptr);

/// Lowers what `compilation` holds and compiles it for `threads` threads.
llvm::Expected<std::unique_ptr<Jit>> compileProgram(Compilation &compilation, const PipelineOptions &options,
                                                    const CodeTarget &target, uint32_t threads);

/// Carries the program over to a compilation of its own, runs `perform` on it, and prints PASS or FAIL with the title,
/// the place of the check and what `perform` said.
bool performCheck(mlir::Operation *check, const llvm::Twine &title,
                  mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> program, llvm::raw_ostream &out,
                  llvm::function_ref<llvm::Expected<bool>(Compilation &, llvm::raw_ostream &)> perform);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_FUNCTIONPROGRAM_H
