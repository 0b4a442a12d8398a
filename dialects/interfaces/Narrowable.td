// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Narrowable: an op whose factors may be of a narrower type than its sums.

#ifndef TERN_NARROWABLE_TD
#define TERN_NARROWABLE_TD

include "mlir/IR/OpBase.td"

def Tern_Narrowable : OpInterface<"Narrowable"> {
  let cppNamespace = "::tern";
  let description = [{
    An op that multiplies elements of some operands and adds the products up. Those operands, its factors, may be bf16 while
    sums are f32, and results have the types that the op infers. `narrow-products` rounds them.
    ```c++
    unsigned narrowFactors(tern::Narrowable op) {
      return llvm::count_if(op.getFactors(), [](mlir::OpOperand *factor) {
        return mlir::getElementTypeOrSelf(factor->get().getType()).isBF16();
      });
    }
    ```
  }];
  let methods = [InterfaceMethod<"The operands whose elements are multiplied.",
                                 "::llvm::SmallVector<::mlir::OpOperand *>", "getFactors", (ins)>];
}

#endif // TERN_NARROWABLE_TD
