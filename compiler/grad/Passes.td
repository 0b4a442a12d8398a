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
    slice per layer, or recomputed: everything from the layer's input (`remat=layer`), or what is cheap, elementwise ops
    and norms, from the values that are stashed (`remat=selective`).

    Refused: a function that does not return one floating-point number first, and between a wanted argument and the loss an op
    without a gradient, with a dynamic extent or with an unbound hyperparameter; the op is named at its place.
    ```mlir
    #w = #tern.parameter<name = "w", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
    func.func @grad(%x: tensor<2x4xf32>, %w: tensor<4x8xf32> {tern.parameter = #w}) -> tensor<f32>
        attributes {tern.differentiate} {
      %y = tern.linear %x weight %w : tensor<2x4xf32>, tensor<4x8xf32>
      %z = tern.tanh %y : tensor<2x8xf32>
      %loss = tern.sum %z : tensor<2x8xf32>
      return %loss : tensor<f32>
    }
    ```
    With `--tern-differentiate --canonicalize --cse` it becomes
    ```mlir
    #w = #tern.parameter<name = "w", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
    func.func @grad(%x: tensor<2x4xf32>, %w: tensor<4x8xf32> {tern.parameter = #w})
        -> (tensor<f32>, tensor<4x8xf32> {tern.gradient = 1 : i64}) {
      %one = arith.constant dense<1.0> : tensor<f32>
      %y = tern.linear %x weight %w : tensor<2x4xf32>, tensor<4x8xf32>
      %z = tern.tanh %y : tensor<2x8xf32>
      %loss = tern.sum %z : tensor<2x8xf32>
      %square = tern.mul %z, %z : tensor<2x8xf32>, tensor<2x8xf32>
      %dy = tern.sub %one, %square : tensor<f32>, tensor<2x8xf32>
      %dw = tern.matmul %x, %dy transpose_a : tensor<2x4xf32>, tensor<2x8xf32>
      return %loss, %dw : tensor<f32>, tensor<4x8xf32>
    }
    ```
  }];
  let options = [Option<"remat", "remat", "std::string", "\"none\"",
                        "none: stash residuals; selective: recompute what is cheap; layer: recompute each layer">];
  let dependentDialects = ["::tern::TernDialect"];
}

#endif // TERN_COMPILER_GRAD_PASSES_TD
