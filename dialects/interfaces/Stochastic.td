// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stochastic: an op that draws random numbers.

#ifndef TERN_STOCHASTIC_TD
#define TERN_STOCHASTIC_TD

include "mlir/IR/OpBase.td"

def Tern_Stochastic : OpInterface<"Stochastic"> {
  let cppNamespace = "::tern";
  let description = [{
    Random numbers are a function of a key (seed, step, micro-batch, layer, site) and the row-major index of the element,
    so they do not depend on pass order, layout, tiling, recomputation, threads or target. In a model file the op has no
    key; `seed-random` adds one in training programs and removes training-only noise elsewhere.
    ```c++
    bool isDeterministic(mlir::func::FuncOp function) {
      bool random = false;
      function.walk([&](tern::Stochastic op) { random |= op.isRandom(); });
      return !random;
    }
    ```
  }];
  let methods = [
    InterfaceMethod<"Whether it draws anything at all: false for a dropout rate of 0.", "bool", "isRandom", (ins), "",
      "return true;">,
    InterfaceMethod<"The key operand, or null.", "::mlir::Value", "getRandomKey", (ins)>,
    InterfaceMethod<"Sets the key operand.", "void", "setRandomKey", (ins "::mlir::Value":$key)>,
    InterfaceMethod<[{
      Drops the noise in place, where the op can stay without it (attention: no dropout).
    }], "void", "removeNoise", (ins), "", "return;">,
    InterfaceMethod<[{
      What the op means when no noise is wanted (dropout: its input), or null when it is random by meaning.
    }], "::mlir::Value", "getNoiseFreeValue", (ins)>,
  ];
}

#endif // TERN_STOCHASTIC_TD
