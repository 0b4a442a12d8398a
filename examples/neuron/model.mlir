// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One sigmoid neuron with binary cross-entropy. Input 1.1, weight 2.2, bias 0 and label 1 give a loss of 0.0852 and the
// gradients dL/dw = -0.0898 and dL/db = -0.0817.

!column = tensor<?x1xf32>

module @neuron {
  func.func @forward(%x: !column {tern.role = "features", tern.dims = ["batch", "feature"]}) -> !column {
    %w = tern.param "w" [1, 1] constant(2.2) : tensor<1x1xf32>
    %b = tern.param "b" [1] zeros : tensor<1xf32>
    %wx = tern.matmul %x, %w : !column, tensor<1x1xf32>
    %z = tern.add %wx, %b : !column, tensor<1xf32>
    %p = tern.sigmoid %z : !column
    return %p : !column
  }

  func.func @loss(%x: !column {tern.role = "features", tern.dims = ["batch", "feature"]},
                  %y: !column {tern.role = "labels", tern.dims = ["batch", "label"]}) -> tensor<f32> {
    %p = call @forward(%x) : (!column) -> !column
    %loss = tern.binary_cross_entropy %p, %y : !column, !column
    return %loss : tensor<f32>
  }
}
