// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern-lsp-server: what an editor talks to when it opens a model file.

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

#include "compiler/Register.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  tern::registerDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
