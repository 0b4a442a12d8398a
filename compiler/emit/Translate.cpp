// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM dialect to LLVM IR to machine code.

#include "compiler/emit/Emit.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"

using namespace llvm;

std::unique_ptr<Module> tern::translateToLLVM(mlir::ModuleOp module, LLVMContext &context,
                                              const CodeTarget &target) {
  TargetMachine &machine = *target.machine;
  std::unique_ptr<Module> program = mlir::translateModuleToLLVMIR(module, context, module.getName().value_or("tern"));
  if (!program)
    return nullptr;
  program->setTargetTriple(machine.getTargetTriple());
  program->setDataLayout(machine.createDataLayout());
  program->setPICLevel(PICLevel::BigPIC);
  for (Function &function : *program) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", machine.getTargetFeatureString());
    // Or LLVM would halve vectors of 512 bits where it believes them slow.
    function.addFnAttr("prefer-vector-width", std::to_string(target.vectorBits));
    function.setDoesNotThrow();
  }
  return program;
}

void tern::optimize(Module &program, TargetMachine &machine, unsigned optimizationLevel) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager callGraph;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  OptimizationLevel level = optimizationLevel == 0 ? OptimizationLevel::O1 : OptimizationLevel::O3;
  builder.buildPerModuleDefaultPipeline(level).run(program, modules);
}

Error tern::writeCode(Module &program, TargetMachine &machine, CodeFormat format, raw_pwrite_stream &out) {
  legacy::PassManager passes;
  CodeGenFileType type = format == CodeFormat::Assembly ? CodeGenFileType::AssemblyFile : CodeGenFileType::ObjectFile;
  if (machine.addPassesToEmitFile(passes, out, nullptr, type))
    return createStringError("the target cannot write this kind of file");
  passes.run(program);
  return Error::success();
}
