// RUN: tern-opt %s -split-input-file -verify-diagnostics -tern-expose-taps

func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = tern.tanh %x {tern.tap = "t"} : tensor<4xf32>
  // expected-error@+1 {{has the tern.tap 't', which another op has too}}
  %b = tern.tanh %a {tern.tap = "t"} : tensor<4xf32>
  return %b : tensor<4xf32>
}

// -----

func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{has a tern.tap that is not a string}}
  %a = tern.tanh %x {tern.tap = 1} : tensor<4xf32>
  return %a : tensor<4xf32>
}
