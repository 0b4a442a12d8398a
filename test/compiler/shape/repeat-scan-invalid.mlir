// RUN: tern-opt %s -tern-repeat-scan -split-input-file -verify-diagnostics

func.func @dynamic(%h0: tensor<2x4xf32>, %xs: tensor<2x?x4xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{takes a number of steps that is not known; specialise shapes first}}
  %last = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x4xf32>, tensor<2x?x4xf32> {
    tern.yield %x : tensor<2x4xf32>
  }
  return %last : tensor<2x4xf32>
}
