// RUN: tern-opt %s -split-input-file -verify-diagnostics -tern-hoist-params

func.func @declared_twice(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // expected-note@+1 {{first declared here}}
  %y = tern.rms_norm %x "ln" : tensor<2x4xf32>
  // expected-error@+1 {{declares 'ln.weight' a second time; to share a parameter, share its value}}
  %z = tern.rms_norm %y "ln" : tensor<2x4xf32>
  return %z : tensor<2x4xf32>
}

// -----

func.func @layers_without_scope(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = tern.layers 3 (%h = %x) : tensor<2x4xf32> {
    // expected-error@+1 {{is inside 'tern.layers' without a scope}}
    %n = tern.rms_norm %h "ln" : tensor<2x4xf32>
    tern.yield %n : tensor<2x4xf32>
  }
  return %y : tensor<2x4xf32>
}

// -----

func.func @unknown_input_size(%x: tensor<2x?xf32>) -> tensor<2x8xf32> {
  // expected-error@+1 {{'fc' does not know its input size: the last dimension of 'tensor<2x?xf32>' is dynamic}}
  %y = tern.linear %x "fc" out 8 : tensor<2x?xf32>
  return %y : tensor<2x8xf32>
}

// -----

func.func @open_bias(%x: tensor<2x4xf32>) -> tensor<2x8xf32> {
  // expected-error@+1 {{'fc' does not know whether it has a bias: its hyperparameter is not bound yet}}
  %y = tern.linear %x "fc" out 8 bias @with : tensor<2x4xf32>
  return %y : tensor<2x8xf32>
}
