// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gradient room: reverse-mode differentiation.

#ifndef TERN_COMPILER_GRAD_PASSES_TD
#define TERN_COMPILER_GRAD_PASSES_TD

include "mlir/Pass/PassBase.td"

def Differentiate : Pass<"tern-differentiate", "::mlir::ModuleOp"> {
  let summary = "Turn a scalar function into one that also returns its gradients";
  let description = [{
    Works on every function with the attribute `tern.differentiate`: @train(arguments) -> loss becomes
    @train(arguments) -> (loss, one cotangent per wanted argument), with the result attribute
    `tern.gradient = N`, N the argument. Wanted are the trainable parameters, or, in a function without a parameter table,
    all floating-point arguments. Only ops on a path from a wanted argument to the loss are differentiated (activity
    analysis). A repeat over layers becomes a second, reversed repeat; the forward values that it needs are stashed, one
    slice per layer, or recomputed from the layer's input (`remat=layer`).
  }];
  let options = [Option<"remat", "remat", "std::string", "\"none\"", "none: stash residuals; layer: recompute each layer">];
  let dependentDialects = ["::tern::TernDialect"];
}

#endif // TERN_COMPILER_GRAD_PASSES_TD
