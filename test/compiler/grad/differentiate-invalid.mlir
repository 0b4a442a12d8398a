// RUN: tern-opt %s -split-input-file -verify-diagnostics -tern-differentiate

// expected-error@+1 {{to be differentiated returns one floating-point tensor of rank 0, the loss}}
func.func @not_a_scalar(%x: tensor<4xf32>) -> tensor<4xf32> attributes {tern.differentiate} {
  return %x : tensor<4xf32>
}

// -----

func.func @no_gradient(%x: tensor<f32>) -> tensor<f32> attributes {tern.differentiate} {
  // expected-error@+1 {{has no gradient, but a trainable parameter reaches the loss through it}}
  %y = math.atan %x : tensor<f32>
  return %y : tensor<f32>
}
