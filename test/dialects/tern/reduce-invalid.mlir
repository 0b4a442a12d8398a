// Dimensions that reductions do not have.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @no_such_dimension(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{tern.sum: dimension 2 of a tensor of rank 2}}
  %y = tern.sum %x dims [2] : tensor<2x3xf32>
  return
}

// -----

func.func @named_twice(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{a dimension is named twice}}
  %y = tern.max %x dims [1, -1] : tensor<2x3xf32>
  return
}

// -----

func.func @not_sorted(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{tern.mean: dimensions are not sorted: 1 before 0}}
  %y = "tern.mean"(%x) {dims = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<f32>
  return
}

// -----

func.func @softmax_dimension(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{softmax: dimension -3 of a tensor of rank 2}}
  %y = tern.softmax %x dim -3 : tensor<2x3xf32>
  return
}

// -----

func.func @argmax_of_a_number(%x: tensor<f32>) {
  // expected-error @+1 {{argmax: dimension -1 of a tensor of rank 0}}
  %y = tern.argmax %x : tensor<f32>
  return
}

// -----

func.func @no_tokens(%x: tensor<2xf32>, %n: tensor<2xi32>) {
  // expected-error @+1 {{masked_mean: takes lengths (B) of sequences (B, T, ...), found ranks 1 and 1}}
  %y = tern.masked_mean %x, %n : tensor<2xf32>, tensor<2xi32>
  return
}

// -----

func.func @number_of_lengths(%x: tensor<2x4x8xf32>, %n: tensor<3xi32>) {
  // expected-error @+1 {{masked_mean, number of lengths: expected 2, found 3}}
  %y = tern.masked_mean %x, %n : tensor<2x4x8xf32>, tensor<3xi32>
  return
}

// -----

func.func @two_types(%a: tensor<2x8xf32>, %b: tensor<2x7xf32>) {
  // expected-error @+1 {{cosine_similarity: 'tensor<2x8xf32>' and 'tensor<2x7xf32>' differ}}
  %y = tern.cosine_similarity %a, %b : tensor<2x8xf32>, tensor<2x7xf32>
  return
}

// -----

func.func @no_vectors(%a: tensor<f32>) {
  // expected-error @+1 {{cosine_similarity: takes vectors, found rank 0}}
  %y = tern.cosine_similarity %a, %a : tensor<f32>, tensor<f32>
  return
}

// -----

func.func @dimension_of_log_softmax(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{log_softmax: dimension 2 of a tensor of rank 2}}
  %y = tern.log_softmax %x dim 2 : tensor<2x3xf32>
  return
}
