// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that belong to every floor.

#ifndef TERN_COMPILER_SUPPORT_PASSES_TD
#define TERN_COMPILER_SUPPORT_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyFloor : Pass<"tern-verify-floor", "::mlir::ModuleOp"> {
  let summary = "Check that only what belongs to a floor leaves it";
  let description = [{
    Every floor ends with its exit contract: `model` holds tern, func, arith, math; `tensor` holds linalg, tern_kernel, tensor,
    vector, scf, func, arith, math; `buffer` holds memref, vector, scf, func, arith, math and no tensor; `llvm` holds llvm. What
    does not belong is an error at the op, together with the passes that were inserted on the floor, for one of them made it.
    Changes nothing.
    ```mlir
    func.func @left_over(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = tern.exp %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
    With `--tern-verify-floor=floor=tensor` it is refused:
    ```text
    error: 'tern.exp' op may not leave the tensor floor
    ```
  }];
  let options = [Option<"floor", "floor", "std::string", "\"model\"", "model, tensor, buffer or llvm">,
                 Option<"inserted", "inserted", "std::string", "\"\"", "passes that --insert-pass put on this floor, for the message">];
}

#endif // TERN_COMPILER_SUPPORT_PASSES_TD
