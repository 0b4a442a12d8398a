// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering room: from the model floor to the tensor floor.

#ifndef TERN_COMPILER_LOWER_PASSES_TD
#define TERN_COMPILER_LOWER_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToLinalg : Pass<"tern-lower-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower tern ops to linalg, tern_kernel, tensor and scf";
  let description = [{
    Elementwise ops and reductions become linalg.generic, with broadcasting in the indexing maps; products, attention,
    table look-up and cross-entropy become tern_kernel ops; shape ops become views where they can; `tern.layers` becomes
    scf.for. Shapes are static, and random ops have their key. An op that nothing lowers is an error at its location, as
    are a dynamic shape and a random op without its key.
    ```mlir
    func.func @head(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>) -> tensor<4x16xf32> {
      %y = tern.linear %x weight %w : tensor<4x8xf32>, tensor<8x16xf32>
      %z = tern.exp %y : tensor<4x16xf32>
      return %z : tensor<4x16xf32>
    }
    ```
    becomes
    ```mlir
    #all = affine_map<(m, n) -> (m, n)>
    func.func @head(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>) -> tensor<4x16xf32> {
      %e = tensor.empty() : tensor<4x16xf32>
      %y = tern_kernel.contract init(zero) ins(%x, %w : tensor<4x8xf32>, tensor<8x16xf32>) outs(%e : tensor<4x16xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      } -> tensor<4x16xf32>
      %f = tensor.empty() : tensor<4x16xf32>
      %z = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]}
          ins(%y : tensor<4x16xf32>) outs(%f : tensor<4x16xf32>) {
      ^bb0(%in: f32, %out: f32):
        %r = math.exp %in : f32
        linalg.yield %r : f32
      } -> tensor<4x16xf32>
      return %z : tensor<4x16xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
                           "::tern::kernel::KernelDialect"];
}

def MaterializeSplats : Pass<"tern-materialize-splats", "::mlir::func::FuncOp"> {
  let summary = "Turn constant tensors of one value into fills";
  let description = [{
    A tensor that holds one value everywhere would become data of the program, as large as the tensor. It becomes an empty
    tensor and a fill. Tensors of one element stay constants.
    ```mlir
    func.func @constant() -> tensor<64x32xf32> {
      %c = arith.constant dense<2.5> : tensor<64x32xf32>
      return %c : tensor<64x32xf32>
    }
    ```
    becomes
    ```mlir
    func.func @constant() -> tensor<64x32xf32> {
      %number = arith.constant 2.5 : f32
      %empty = tensor.empty() : tensor<64x32xf32>
      %c = linalg.fill ins(%number : f32) outs(%empty : tensor<64x32xf32>) -> tensor<64x32xf32>
      return %c : tensor<64x32xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

#endif // TERN_COMPILER_LOWER_PASSES_TD
