// What gated units refuse.
// RUN: tern-opt %s -verify-diagnostics -split-input-file

func.func @odd(%packed: tensor<2x7xf32>) {
  // expected-error @+1 {{swiglu: the last dimension of 'tensor<2x7xf32>' does not split into gate and up}}
  %y = tern.swiglu %packed : tensor<2x7xf32>
  return
}

// -----

func.func @two_types(%gate: tensor<2x4xf32>, %up: tensor<2x3xf32>) {
  // expected-error @+1 {{geglu: the gate is 'tensor<2x4xf32>', but what it opens is 'tensor<2x3xf32>'}}
  %y = tern.geglu %gate, %up : tensor<2x4xf32>, tensor<2x3xf32>
  return
}

// -----

func.func @three(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{swiglu: takes gate and up, or both packed in one operand; found 3 operands}}
  %y = tern.swiglu %x, %x, %x : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
  return
}
