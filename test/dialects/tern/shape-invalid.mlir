// What shape ops refuse, each with the dimension and both sizes.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @reshape_count(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{reshape: 6 elements do not fill a shape of 8}}
  %y = tern.reshape %x to [2, 4] : tensor<2x3xf32>
  return
}

// -----

func.func @reshape_two_open(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{reshape: more than one extent is -1}}
  %y = tern.reshape %x to [-1, -1] : tensor<2x3xf32>
  return
}

// -----

func.func @reshape_remainder(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{reshape: 3 elements do not fill a shape of 2}}
  %y = tern.reshape %x to [0, 2, -1] : tensor<2x3xf32>
  return
}

// -----

func.func @reshape_copies_nothing(%x: tensor<6xf32>) {
  // expected-error @+1 {{reshape, dimension 1: 0 copies an extent, but the operand has rank 1}}
  %y = tern.reshape %x to [6, 0] : tensor<6xf32>
  return
}

// -----

func.func @transpose_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{transpose: a permutation of 3 dimensions for a tensor of rank 2}}
  %y = tern.transpose %x [0, 1, 2] : tensor<2x3xf32>
  return
}

// -----

func.func @transpose_twice(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{transpose: dimension 1 is out of range or named twice}}
  %y = tern.transpose %x [1, 1] : tensor<2x3xf32>
  return
}

// -----

func.func @split_unequal(%x: tensor<2x7xf32>) {
  // expected-error @+1 {{split, dimension 1: 7 is not divisible into 3 parts}}
  %a, %b, %c = tern.split %x dim 1 into 3 : tensor<2x7xf32>
  return
}

// -----

func.func @split_sum(%x: tensor<2x7xf32>) {
  // expected-error @+1 {{split, dimension 1, sum of the sizes: expected 7, found 6}}
  %a, %b = tern.split %x dim -1 sizes [2, 4] : tensor<2x7xf32>
  return
}

// -----

func.func @split_both(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{split takes either `into` or `sizes`}}
  %a, %b = tern.split %x dim 1 into 2 sizes [2, 4] : tensor<2x6xf32>
  return
}

// -----

func.func @split_axis(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{split: dimension 2 of a tensor of rank 2}}
  %a, %b = tern.split %x dim 2 into 2 : tensor<2x6xf32>
  return
}

// -----

func.func @concat_extent(%a: tensor<2x6xf32>, %b: tensor<3x6xf32>) {
  // expected-error @+1 {{concat, dimension 0: expected 2, found 3}}
  %y = tern.concat %a, %b dim 1 : tensor<2x6xf32>, tensor<3x6xf32>
  return
}

// -----

func.func @concat_types(%a: tensor<2x6xf32>, %b: tensor<2x6xf64>) {
  // expected-error @+1 {{differ in rank or element type}}
  %y = tern.concat %a, %b dim 1 : tensor<2x6xf32>, tensor<2x6xf64>
  return
}

// -----

func.func @slice_outside(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{slice, dimension 1: element 7 of 6}}
  %y = tern.slice %x offsets [0, 3] sizes [2, 3] strides [1, 2] : tensor<2x6xf32>
  return
}

// -----

func.func @slice_rank(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{slice: 1 offsets, 2 sizes and 2 strides for a tensor of rank 2}}
  %y = tern.slice %x offsets [0] sizes [2, 3] : tensor<2x6xf32>
  return
}

// -----

func.func @pad_slice_outside(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{pad_slice, dimension 1: 6 elements from 3 by 1 do not fit into 8}}
  %y = tern.pad_slice %x offsets [0, 3] into [2, 8] : tensor<2x6xf32>
  return
}

// -----

func.func @broadcast_extent(%x: tensor<3xf32>) {
  // expected-error @+1 {{broadcast, dimension 1: 3 does not repeat to 4}}
  %y = tern.broadcast %x to [2, 4] : tensor<3xf32>
  return
}

// -----

func.func @broadcast_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{broadcast: a tensor of rank 2 to rank 1}}
  %y = tern.broadcast %x to [3] : tensor<2x3xf32>
  return
}

// -----

func.func @margins(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{pad: 1 lows and 2 highs for a tensor of rank 2}}
  %y = tern.pad %x low [1] high [0, 1] : tensor<2x4xf32>
  return
}

// -----

func.func @negative_margin(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{pad, dimension 1: low 0, high -1}}
  %y = tern.pad %x low [1, 0] high [0, -1] : tensor<2x4xf32>
  return
}

// -----

func.func @half_a_token(%x: tensor<2x4xi32>) {
  // expected-error @+1 {{pad: 'i32' has no 5.000000e-01}}
  %y = tern.pad %x low [1, 0] high [0, 0] value 0.5 : tensor<2x4xi32>
  return
}
