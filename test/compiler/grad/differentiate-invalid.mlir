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

// -----

func.func @a_scan_is_a_repeat_before(%h0: tensor<2x4xf32>, %xs: tensor<2x5x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  // expected-error@+1 {{is differentiated as what it is made of; run tern-repeat-scan before}}
  %last = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x4xf32>, tensor<2x5x4xf32> {
    %y = tern.add %h, %x : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %y : tensor<2x4xf32>
  }
  %loss = tern.sum %last : tensor<2x4xf32>
  return %loss : tensor<f32>
}

// -----

func.func @a_cell_is_written_out_before(%x: tensor<2x4xf32>, %h: tensor<2x4xf32>, %w: tensor<4x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  // expected-error@+1 {{is differentiated as what it is made of; run tern-decompose before}}
  %y = tern.rnn_cell %x, %h weights %w, %w : tensor<2x4xf32>, tensor<2x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
  %loss = tern.sum %y : tensor<2x4xf32>
  return %loss : tensor<f32>
}

// -----

func.func @groups_without_a_number(%x: tensor<2x6x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<f32> attributes {tern.differentiate} {
  // expected-error@+1 {{names a hyperparameter that has no number; bind it before differentiation (tern-bind-hyper)}}
  %y = tern.group_norm %x weight %w bias %b groups @g : tensor<2x6x8xf32>, tensor<8xf32>, tensor<8xf32>
  %loss = tern.sum %y : tensor<2x6x8xf32>
  return %loss : tensor<f32>
}

// -----

func.func @rows_without_a_number(%p: tensor<?x4xf32>, %q: tensor<?x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  // expected-error@+1 {{has a dynamic extent; specialise shapes before differentiation (tern-specialize-shapes)}}
  %loss = tern.kl_div %p, %q : tensor<?x4xf32>, tensor<?x4xf32>
  return %loss : tensor<f32>
}

// -----

func.func @elements_without_a_number(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  // expected-error@+1 {{has a dynamic extent; specialise shapes before differentiation (tern-specialize-shapes)}}
  %loss = tern.mse %x, %y : tensor<?x4xf32>, tensor<?x4xf32>
  return %loss : tensor<f32>
}
