// RUN: tern-opt %s -tern-decompose -split-input-file -verify-diagnostics

func.func @module_form(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // expected-error@+1 {{still names its parameters; run tern-hoist-params before}}
  %h1 = tern.rnn_cell %x, %h "rnn" : tensor<2x4xf32>, tensor<2x8xf32>
  return %h1 : tensor<2x8xf32>
}

// -----

func.func @open_size(%x: tensor<2x4xf32>, %h: tensor<2x?xf32>, %wi: tensor<?x4xf32>, %wh: tensor<?x?xf32>) -> tensor<2x?xf32> {
  // expected-error@+1 {{has a state 'tensor<2x?xf32>' of dynamic size; its size is a number or a tern.hyper, which tern-bind-hyper binds}}
  %h1 = tern.gru_cell %x, %h weights %wi, %wh : tensor<2x4xf32>, tensor<2x?xf32>, tensor<?x4xf32>, tensor<?x?xf32>
  return %h1 : tensor<2x?xf32>
}
