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

def PlantSwap : Pass<"plant-swap"> {
  let summary = "Swaps the first two operands of an op in one layer";
  let description = [{
    Every op named `on` gets its first two operands in the wrong order, where they have one type: in iteration `layer` of the
    loop around it (counted from 0; elsewhere they are right), or always with `layer=-1`.
    ```mlir
    %is = arith.cmpi eq, %i, %c6 : index                  // scf.for %i
    %first = arith.select %is, %k, %q : tensor<1x4x8xf32>
    %second = arith.select %is, %q, %k : tensor<1x4x8xf32>
    %y = tern_kernel.attention ... ins(%first, %second, %v : ...)
    ```
  }];
  let options = [Option<"on", "on", "std::string", "\"tern_kernel.attention\"", "name of the op">,
                 Option<"layer", "layer", "int64_t", "6", "the iteration, or -1 for all">];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def PlantWrongConstant : Pass<"plant-wrong-constant"> {
  let summary = "Changes a number, where it is the value of a constant";
  let description = [{
    On any floor: `arith.constant`, `llvm.mlir.constant`. What is `from` up to a millionth, in every element, becomes `to`.
    ```mlir
    %half = arith.constant 5.000000e-01 : f32             // plant-wrong-constant{from=0.5 to=0.51}
    %half = arith.constant 5.100000e-01 : f32
    ```
  }];
  let options = [Option<"from", "from", "double", "0.5", "the number">,
                 Option<"to", "to", "double", "0.51", "what becomes of it">];
}

def PlantWrongGelu : Pass<"plant-wrong-gelu"> {
  let summary = "Computes the tanh form of GELU where the exact one is meant, and the reverse";
  let description = [{
    The two forms differ by less than 0.0005: a fault that no training curve shows.
  }];
}

#endif // TERN_TEST_PLUGINS_PLANTEDPASSES_TD
