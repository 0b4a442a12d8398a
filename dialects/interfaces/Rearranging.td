// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rearranging: an op that moves elements and computes none.

#ifndef TERN_REARRANGING_TD
#define TERN_REARRANGING_TD

include "mlir/IR/OpBase.td"

def Tern_Rearranging : NativeOpTrait<"Rearranging"> {
  let cppNamespace = "::tern";
}

#endif // TERN_REARRANGING_TD
