// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @unknown_initializer() {
  // expected-error@+1 {{unknown initializer 'gaussian'; known are zeros, ones, constant, normal, uniform and residual_normal}}
  %a = tern.param "a" [4] gaussian(0.02) : tensor<4xf32>
  return
}

// -----

func.func @initializer_arguments() {
  // expected-error@+1 {{initializer 'uniform' takes 2 arguments, found 1}}
  %a = tern.param "a" [4] uniform(0.02) : tensor<4xf32>
  return
}

// -----

func.func @sizes_and_type_disagree() {
  // expected-error@+1 {{'a', dimension 1: expected 8, found 9}}
  %a = tern.param "a" [4, 8] zeros : tensor<4x9xf32>
  return
}

// -----

func.func @stacked_operand_of_another_depth(%x: tensor<4xf32>, %w: tensor<2x4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{stacked operand 0, layer dimension: expected 3, found 2}}
  %r = tern.layers 3 (%h = %x) stacked (%s = %w) : tensor<4xf32>, tensor<2x4xf32> {
    tern.yield %h : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

func.func @carried_value_changes_its_type(%x: tensor<4xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{carried value 0 changes its type from 'tensor<4xf32>' to 'tensor<8xf32>'}}
  %r = tern.layers 3 (%h = %x) : tensor<4xf32> {
    %y = tern.concat %h, %h dim 0 : tensor<4xf32>, tensor<4xf32>
    tern.yield %y : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

func.func @size_of_nothing() {
  // expected-error@+1 {{'a', dimension 1: a size is at least 1, found 0}}
  %a = tern.param "a" [4, 0] zeros : tensor<4x0xf32>
  return
}

// -----

// expected-error @+1 {{expected floating point literal}}
tern.hyper @width = "wide"
