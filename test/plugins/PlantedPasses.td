// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes with a fault each. In alphabetical order.

#ifndef TERN_TEST_PLUGINS_PLANTEDPASSES_TD
#define TERN_TEST_PLUGINS_PLANTEDPASSES_TD

include "mlir/Pass/PassBase.td"

def PlantCrash : Pass<"plant-crash"> {
  let summary = "Ends the process at the first op of a name";
  let description = [{
    Aborts, as an assertion does, when it meets an op named `on`; a program without one passes unchanged.
  }];
  let options = [Option<"on", "on", "std::string", "\"tern.linear\"", "name of the op">];
}

def PlantFailure : Pass<"plant-failure"> {
  let summary = "Fails with an error at the first op of a name";
  let description = [{
    Reports an error at the first op named `on`, as a pass does whose input it cannot take; a program without one passes
    unchanged.
  }];
  let options = [Option<"on", "on", "std::string", "\"tern.linear\"", "name of the op">];
}

def PlantForeignOp : Pass<"plant-foreign-op"> {
  let summary = "Leaves an op of the llvm dialect in every function";
  let description = [{
    `llvm.intr.debugtrap` at the beginning of each function: valid, kept by every clean-up, and below every floor but the last.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // TERN_TEST_PLUGINS_PLANTEDPASSES_TD
