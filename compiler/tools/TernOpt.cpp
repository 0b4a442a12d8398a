// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-opt: runs any pass of Tern or upstream on a file, for tests and for people.

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

#include "compiler/Register.h"
#include "compiler/tools/GenerateTest.h"
#include "compiler/tools/Observation.h"
#include "compiler/tools/Plugins.h"

using namespace mlir;

static LogicalResult run(StringRef input, StringRef output, DialectRegistry &registry, const MlirOptMainConfig &config,
                         const std::vector<std::string> &plugins) {
  std::string reason;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(input, &reason);
  std::unique_ptr<llvm::ToolOutputFile> out = file ? openOutputFile(output, &reason) : nullptr;
  if (!out) {
    llvm::errs() << reason << "\n";
    return failure();
  }
  if (tern::isTestWanted()) {
    tern::TestRequest request = {config.shouldAllowUnregisteredDialects(), plugins};
    LogicalResult result = tern::generateTest(std::move(file), registry, request, out->os());
    if (succeeded(result))
      out->keep();
    return result;
  }
  MlirOptMainConfig observed = config;
  observed.setPassPipelineSetupFn([&](PassManager &manager) {
    return success(succeeded(tern::observe(*manager.getContext())) && succeeded(config.setupPassPipeline(manager)));
  });
  if (failed(MlirOptMain(out->os(), std::move(file), registry, observed)))
    return failure();
  out->keep();
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  tern::registerPasses();
  std::vector<std::string> plugins;
  if (!tern::loadPlugins(argc, argv, &plugins))
    return 1;
  DialectRegistry registry;
  tern::registerDialects(registry);
  std::string header = registerCLIOptions("Tern optimizer driver\n", registry);
  tern::registerObservation();
  auto [input, output] = parseCLIOptions(argc, argv, header);
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return asMainReturnCode(MlirOptMain(argc, argv, input, output, registry));
  return asMainReturnCode(run(input, output, registry, config, plugins));
}
