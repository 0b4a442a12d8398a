// RUN: tern-opt %s -split-input-file -verify-diagnostics -tern-derive-objective=objective=causal-lm

// expected-error@+1 {{a model declares func.func @forward; none found}}
module {
}

// -----

module {
  // expected-error@+1 {{has no argument with tern.role = "tokens", which --objective=causal-lm needs}}
  func.func @forward(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
    return %x : tensor<2x4xf32>
  }
}

// -----

module {
  // expected-error@+1 {{--objective=causal-lm needs one row of logits per token}}
  func.func @forward(%tokens: tensor<2x4xi32> {tern.role = "tokens"}, %x: tensor<2x4xf32>) -> tensor<2x4xf32> {
    return %x : tensor<2x4xf32>
  }
}
