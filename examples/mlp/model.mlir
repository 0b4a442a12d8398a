// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A multi-layer perceptron, 10-5-1: ReLU in the middle, a probability at the end.

!in = tensor<?x10xf32>
!hidden = tensor<?x5xf32>
!out = tensor<?x1xf32>

module @mlp {
  func.func @forward(%x: !in {tern.role = "features", tern.dims = ["batch", "feature"]}) -> !out {
    %h = tern.linear %x "fc1" out 5 bias uniform(-0.316, 0.316) : !in
    %a = tern.relu %h : !hidden
    %z = tern.linear %a "fc2" out 1 bias uniform(-0.447, 0.447) : !hidden
    %p = tern.sigmoid %z : !out
    return %p : !out
  }

  func.func @loss(%x: !in {tern.role = "features", tern.dims = ["batch", "feature"]},
                  %y: !out {tern.role = "labels", tern.dims = ["batch", "label"]}) -> tensor<f32> {
    %p = call @forward(%x) : (!in) -> !out
    %loss = tern.binary_cross_entropy %p, %y : !out, !out
    return %loss : tensor<f32>
  }
}
