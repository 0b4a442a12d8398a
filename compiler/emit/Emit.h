// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The door: a module in the LLVM dialect becomes machine code, and with its manifest a program. No IR of ours behind
// it.

#ifndef TERN_COMPILER_EMIT_EMIT_H
#define TERN_COMPILER_EMIT_EMIT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>
#include <vector>

namespace tern {

//===----------------------------------------------------------------------===//
// Target
//===----------------------------------------------------------------------===//

/// What LLVM makes code for. Which features those are is chosen elsewhere (compiler/cpu).
struct CodeTarget {
  std::unique_ptr<llvm::TargetMachine> machine;
  std::string isa;           // for people and for the manifest: "x86-64-v4 +amx-bf16 ..."
  unsigned vectorBits = 128; // how wide vectors stay
  std::string lacking;       // what this machine lacks to run it
};
/// The machine of a triple; `features` ("+avx,+avx2") go beyond what `processor` names. Its architecture must be registered.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine(llvm::StringRef triple, llvm::StringRef processor,
                                                                   llvm::StringRef features, unsigned optimizationLevel);

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/// What the manifest says and the IR does not.
struct ProgramInfo {
  std::string model, objective, tokenizer, optimizer, precision, isa, compiler, sourceHash;
  int64_t batch = 0, seq = 0;
};

/// LLVM dialect to LLVM IR. Diagnostics go to the module's context; null on failure.
std::unique_ptr<llvm::Module> translateToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context,
                                              const CodeTarget &target);

/// Adds the manifest of a variant (runtime/abi/tern.h) to `program`: parameters, entries and memory plan of `module`.
mlir::LogicalResult addManifest(llvm::Module &program, mlir::ModuleOp module, const ProgramInfo &info);

/// What a program asks the machine for when it starts, and features that it cannot ask for.
struct RequiredFeatures {
  uint64_t bits = 0;
  std::vector<std::string> unknown;
};
RequiredFeatures requiredFeatures(const llvm::TargetMachine &machine);

/// The constant that addManifest makes for a variant.
std::string manifestName(llvm::StringRef isa);
/// Gives the functions of a variant names that no other variant has.
void renameVariant(llvm::Module &program, llvm::StringRef isa);
/// Takes a renamed variant into a program; functions keep the features that they were made for.
llvm::Error addVariant(llvm::Module &program, std::unique_ptr<llvm::Module> variant);

struct VariantRow {
  std::string isa;
  uint64_t features;
};
/// Adds `tern_program`, the table of the variants that `program` holds, in the order in which they need more and more.
void addVariantTable(llvm::Module &program, llvm::ArrayRef<VariantRow> rows);

/// LLVM's own passes: everything at level 3, only the cheap ones at level 0.
void optimize(llvm::Module &program, llvm::TargetMachine &machine, unsigned optimizationLevel);

enum class CodeFormat { Assembly, Object };
llvm::Error writeCode(llvm::Module &program, llvm::TargetMachine &machine, CodeFormat format,
                      llvm::raw_pwrite_stream &out);

/// Optimises and compiles a program in parts, on all cores. The objects belong together; `program` is of no use any more.
llvm::Expected<std::vector<llvm::SmallString<0>>> compileInParts(llvm::Module &program, const llvm::TargetMachine &machine,
                                                                 unsigned optimizationLevel);

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// Writes the file under a temporary name in the same folder and renames it when `write` succeeded.
llvm::Error writeAtomically(llvm::StringRef path, llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write);

struct LinkOptions {
  std::string linker;         // a compiler driver or empty: the first found of clang++-22, clang++, g++, c++
  std::string runtimeArchive; // libternrt.a; empty for a shared object, which is code and manifest only
  bool shared = false;
};
/// Links objects to a program or a shared object, stripped, C++ runtime linked statically.
llvm::Error link(llvm::ArrayRef<std::string> objects, llvm::StringRef output, const LinkOptions &options);

} // namespace tern

#endif // TERN_COMPILER_EMIT_EMIT_H
