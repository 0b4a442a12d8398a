// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Differentiable: an op that can write its own reverse-mode gradient as ops of the same floor.

#ifndef TERN_DIFFERENTIABLE_TD
#define TERN_DIFFERENTIABLE_TD

include "mlir/IR/OpBase.td"

def Tern_Differentiable : OpInterface<"Differentiable"> {
  let cppNamespace = "::tern";
  let description = [{
    Vector-Jacobian product. Given the cotangents of the results, the op adds the cotangents of its operands to the
    builder. The cotangent of a value has the value's type. Operands that are integers, or that the builder does not
    want, receive nothing. The forward values of operands and results may be used freely: keeping or recomputing them is
    the differentiator's choice. How `tern.mul` says `da = dy b`, `db = dy a`, without broadcasting:
    ```c++
    void buildGradientOfProduct(mlir::Value a, mlir::Value b, tern::GradBuilder &g) {
      mlir::Value dy = g.cotangent();
      g.accumulate(0u, g.mul(dy, b));
      g.accumulate(1u, g.mul(dy, a));
    }
    ```
  }];
  let methods = [InterfaceMethod<[{
      Builds ops that compute the operand cotangents and hands them to `g.accumulate(operand, value)`.
    }], "void", "buildGradient", (ins "::tern::GradBuilder &":$g)>];
}

#endif // TERN_DIFFERENTIABLE_TD
