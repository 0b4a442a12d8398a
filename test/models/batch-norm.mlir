// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A perceptron with batch normalisation in two layers, each with running averages of its own, and a learned slope.
// RUN: tern-opt %s --verify-roundtrip -o /dev/null

!in = tensor<?x3xf32>
!hidden = tensor<?x4xf32>
!out = tensor<?x1xf32>

module @batch_norm {
  func.func @forward(%x: !in {tern.role = "features", tern.dims = ["batch", "feature"]}) -> !out {
    %x0 = tern.linear %x "fc" out 4 bias : !in
    %h = tern.layers 2 "h" (%a = %x0) : !hidden {
      %n = tern.batch_norm %a "bn" momentum 0.25 : !hidden
      %f = tern.linear %n "fc" out 4 bias : !hidden
      %p = tern.prelu %f "act" per_channel : !hidden
      tern.yield %p : !hidden
    }
    %n = tern.batch_norm %h "bn" : !hidden
    %y = tern.linear %n "out" out 1 bias : !hidden
    return %y : !out
  }

  func.func @loss(%x: !in {tern.role = "features", tern.dims = ["batch", "feature"]},
                  %label: !out {tern.role = "labels", tern.dims = ["batch", "label"]}) -> tensor<f32> {
    %y = call @forward(%x) : (!in) -> !out
    %loss = tern.mse %y, %label : !out, !out
    return %loss : tensor<f32>
  }
}
