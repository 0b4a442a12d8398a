// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decomposable: an op that is short for several others.

#ifndef TERN_DECOMPOSABLE_TD
#define TERN_DECOMPOSABLE_TD

include "mlir/IR/OpBase.td"

def Tern_Decomposable : OpInterface<"Decomposable"> {
  let cppNamespace = "::tern";
  let description = [{
    A name for a composition of ops of the same floor. It has no gradient and no lowering of its own: `decompose` writes it
    out, and everything after sees what it is made of.
    ```c++
    void writeOut(tern::Decomposable op) {
      mlir::OpBuilder b(op);
      op->replaceAllUsesWith(op.decompose(b));
      op->erase();
    }
    ```
  }];
  let methods = [InterfaceMethod<"Builds the ops that this one stands for and gives back one value per result.",
                                 "::llvm::SmallVector<::mlir::Value>", "decompose", (ins "::mlir::OpBuilder &":$b)>];
}

#endif // TERN_DECOMPOSABLE_TD
