// RUN: tern-opt %s -tern-decompose -split-input-file -verify-diagnostics

func.func @module_form(%x: tensor<2x4xf32>, %h: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // expected-error@+1 {{still names its parameters; run tern-hoist-params before}}
  %h1 = tern.rnn_cell %x, %h "rnn" : tensor<2x4xf32>, tensor<2x8xf32>
  return %h1 : tensor<2x8xf32>
}
