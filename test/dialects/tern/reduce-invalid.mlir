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
