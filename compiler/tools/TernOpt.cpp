// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-opt: runs any pass of Tern or upstream on a file, for tests and for people.

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

#include "compiler/Register.h"
#include "compiler/tools/Plugins.h"

int main(int argc, char **argv) {
  tern::registerPasses();
  if (!tern::loadPlugins(argc, argv))
    return 1;
  mlir::DialectRegistry registry;
  tern::registerDialects(registry);
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Tern optimizer driver\n", registry));
}
