// RUN: tern-opt %s -split-input-file -verify-diagnostics -tern-bind-hyper

func.func @unknown_hyperparameter(%x: tensor<2x4xf32>) -> tensor<2x?xf32> {
  // expected-error@+1 {{names '@width', but the model declares no such hyperparameter}}
  %y = tern.linear %x "fc" out @width : tensor<2x4xf32>
  return %y : tensor<2x?xf32>
}

// -----

module {
  tern.hyper @width = 7
  func.func @inexact_division(%x: tensor<2x4xf32>) -> tensor<2x?xf32> {
    // expected-error@+1 {{size 7 is not divisible by 2}}
    %y = tern.linear %x "fc" out @width div 2 : tensor<2x4xf32>
    return %y : tensor<2x?xf32>
  }
}

// -----

module {
  tern.hyper @width = 6
  func.func @layer_changes_its_carried_type(%x: tensor<2x4xf32>) -> tensor<2x?xf32> {
    %in = tern.linear %x "in" out @width : tensor<2x4xf32>
    %y = tern.layers 2 "h" (%h = %in) : tensor<2x?xf32> {
      %z = tern.linear %h "fc" out 2 * @width : tensor<2x?xf32>
      // expected-error@+1 {{carried value 0 enters a layer as 'tensor<2x6xf32>' and leaves it as 'tensor<2x12xf32>'}}
      tern.yield %z : tensor<2x?xf32>
    }
    return %y : tensor<2x?xf32>
  }
}

// -----

module {
  tern.hyper @width = 6
  func.func @every_error_is_reported(%x: tensor<2x?xf32>, %w: tensor<5x3xf32>) -> (tensor<2x3xf32>, tensor<2x5xf32>) {
    %in = tern.linear %x "in" out @width : tensor<2x?xf32>
    // expected-error@+2 {{linear, input dimension of the weight: expected 6, found 5}}
    // expected-note@+1 {{while inferring the type of 'tern.linear'}}
    %a = tern.linear %in weight %w : tensor<2x?xf32>, tensor<5x3xf32>
    // expected-error@+2 {{linear, input dimension of the weight: expected 6, found 3}}
    // expected-note@+1 {{while inferring the type of 'tern.linear'}}
    %b = tern.linear %in tied %w : tensor<2x?xf32>, tensor<5x3xf32>
    return %a, %b : tensor<2x3xf32>, tensor<2x5xf32>
  }
}

// -----

module {
  // expected-error@+1 {{has the name of a dimension that --seq=N sets; give it another one}}
  tern.hyper @seq = 8
  func.func @name_of_a_dimension(%x: tensor<?x?xf32> {tern.dims = ["batch", "seq"]}) -> tensor<?x?xf32> {
    return %x : tensor<?x?xf32>
  }
}

// -----

module {
  tern.hyper @with = 2
  func.func @neither_a_bias_nor_none(%x: tensor<2x4xf32>) -> tensor<2x8xf32> {
    // expected-error@+1 {{'fc' has a bias (1) or none (0), found 2}}
    %y = tern.linear %x "fc" out 8 bias @with : tensor<2x4xf32>
    return %y : tensor<2x8xf32>
  }
}
