// Running averages would move for each text of a pair.
// RUN: tern-opt %s -verify-diagnostics -tern-derive-objective=objective=embed

func.func @forward(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"], tern.role = "tokens"}, %table: tensor<10x8xf32>,
                   %w: tensor<8xf32>, %m: tensor<8xf32>, %v: tensor<8xf32>) -> tensor<?x8xf32> {
  %x = tern.embedding %tokens, %table : tensor<?x?xi32>, tensor<10x8xf32>
  %mean = tern.mean %x dims [1] : tensor<?x?x8xf32>
  // expected-error @+1 {{keeps running averages, but --objective=embed runs the model twice a step, on both texts of a pair; use tern.layer_norm or tern.rms_norm, which keep none}}
  %y = tern.batch_norm %mean weight %w bias %w running %m, %v :
      tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  return %y : tensor<?x8xf32>
}
