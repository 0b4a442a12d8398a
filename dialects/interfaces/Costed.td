// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Costed: an op that knows how much arithmetic it does.

#ifndef TERN_COSTED_TD
#define TERN_COSTED_TD

include "mlir/IR/OpBase.td"

def Tern_Costed : OpInterface<"Costed"> {
  let cppNamespace = "::tern";
  let description = [{
    Floating-point operations of one execution, counted from static shapes. A multiply and an add count as two; an
    exponential or another special function counts as one. Bodies that run once per element are not asked. `count-cost` adds
    them up.
    ```c++
    uint64_t flopsOf(mlir::func::FuncOp function) {
      uint64_t total = 0;
      function.walk([&](tern::Costed op) { total += op.getFlops(); });
      return total;
    }
    ```
  }];
  let methods = [InterfaceMethod<"Floating-point operations, or 0 when a shape is dynamic.", "uint64_t", "getFlops", (ins)>];
}

#endif // TERN_COSTED_TD
