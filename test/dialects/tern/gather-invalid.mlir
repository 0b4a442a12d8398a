// What look-ups and what runs along a dimension refuse.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @rank_of_indices(%x: tensor<2x4x8xf32>, %i: tensor<2x3xi32>) {
  // expected-error @+1 {{gather: indices of rank 2 for a tensor of rank 3}}
  %y = tern.gather %x, %i dim 1 : tensor<2x4x8xf32>, tensor<2x3xi32>
  return
}

// -----

func.func @dimension(%x: tensor<2x4xf32>, %i: tensor<2x3xi32>) {
  // expected-error @+1 {{gather: dimension 2 of a tensor of rank 2}}
  %y = tern.gather %x, %i dim 2 : tensor<2x4xf32>, tensor<2x3xi32>
  return
}

// -----

func.func @extent_of_indices(%x: tensor<2x4x8xf32>, %i: tensor<3x3x1xi32>) {
  // expected-error @+1 {{gather, dimension 0 of the indices: expected 2, found 3}}
  %y = tern.gather %x, %i dim 1 : tensor<2x4x8xf32>, tensor<3x3x1xi32>
  return
}

// -----

func.func @indices_that_are_no_integers(%x: tensor<2x4xf32>, %i: tensor<2x3xf32>) {
  // expected-error @+1 {{operand #1 must be ranked tensor of}}
  %y = tern.gather %x, %i dim 1 : tensor<2x4xf32>, tensor<2x3xf32>
  return
}

// -----

func.func @as_many_indices(%x: tensor<2x4x8xf32>, %i: tensor<2x3x1xi32>) {
  // expected-error @+1 {{scatter_add, dimension 1 of the indices: expected 4, found 3}}
  %y = tern.scatter_add %x, %i dim 1 size 6 : tensor<2x4x8xf32>, tensor<2x3x1xi32>
  return
}

// -----

func.func @size(%x: tensor<2x4x8xf32>, %i: tensor<2x4x1xi32>) {
  // expected-error @+1 {{scatter_add: size 0, expected 1 or more}}
  %y = tern.scatter_add %x, %i dim 1 size 0 : tensor<2x4x8xf32>, tensor<2x4x1xi32>
  return
}

// -----

func.func @onto(%x: tensor<2x4xf32>, %i: tensor<2x4xi32>, %old: tensor<2x4xf32>) {
  // expected-error @+1 {{scatter_add: onto has type 'tensor<2x4xf32>', expected 'tensor<2x6xf32>'}}
  %y = tern.scatter_add %x, %i dim 1 size 6 onto %old : tensor<2x4xf32>, tensor<2x4xi32>, tensor<2x4xf32>
  return
}

// -----

func.func @classes(%i: tensor<2xi32>) {
  // expected-error @+1 {{one_hot: 0 classes, expected 1 or more}}
  %y = tern.one_hot %i classes 0 : tensor<2xi32>, f32
  return
}

// -----

func.func @elements(%i: tensor<2xi32>) {
  // expected-error @+1 {{one_hot: elements of 'i32', expected floating-point numbers}}
  %y = tern.one_hot %i classes 4 : tensor<2xi32>, i32
  return
}

// -----

func.func @more_than_all(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{top_k: the 5 largest of 4 elements}}
  %v, %i = tern.top_k %x k 5 : tensor<2x4xf32>
  return
}

// -----

func.func @none(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{top_k: the 0 largest of ? elements}}
  %v, %i = tern.top_k %x k 0 : tensor<2x?xf32>
  return
}

// -----

func.func @dimension_of_top_k(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{top_k: dimension -3 of a tensor of rank 2}}
  %v, %i = tern.top_k %x k 1 dim -3 : tensor<2x4xf32>
  return
}

// -----

func.func @dimension_of_cumsum(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{cumsum: dimension 2 of a tensor of rank 2}}
  %y = tern.cumsum %x dim 2 : tensor<2x4xf32>
  return
}

// -----

func.func @nothing_to_look_up(%x: tensor<2x0x8xf32>, %i: tensor<2x3x1xi32>) {
  // expected-error @+1 {{gather, dimension 1: no elements to look up}}
  %y = tern.gather %x, %i dim 1 : tensor<2x0x8xf32>, tensor<2x3x1xi32>
  return
}
