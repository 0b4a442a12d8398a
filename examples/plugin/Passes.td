// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pass of CheapGelu.cpp: its flag, its option, what it does.

include "mlir/Pass/PassBase.td"

def CheapGelu : Pass<"cheap-gelu", "::mlir::func::FuncOp"> {
  let summary = "GELU in the cheapest form that a tolerance permits";
  let description = [{
    GELU has three published forms: exact (erf), tanh, and x sigmoid(1.702 x). They differ by a bounded amount at every x:
    exact and tanh by 4.8e-4, exact and sigmoid by 2.04e-2, tanh and sigmoid by 2.07e-2. Each tern.gelu becomes the cheapest
    form that is no further from the one in the model than `tolerance`; where none is, a remark says what it would take.
    ```mlir
    func.func @forward(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %y = tern.gelu %x : tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @forward(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %y = tern.gelu %x tanh : tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let options = [Option<"tolerance", "tolerance", "double", "5e-4", "greatest difference of one value of GELU">];
  let dependentDialects = ["::tern::TernDialect"];
}
