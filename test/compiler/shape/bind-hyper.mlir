// RUN: tern-opt %s -split-input-file -tern-bind-hyper | FileCheck %s
// RUN: tern-opt %s -split-input-file "-tern-bind-hyper=define=d_model=16" | FileCheck %s --check-prefix=OVERRIDE

!act = tensor<?x?x?xf32>

// CHECK-LABEL: @sizes_and_types_follow
// CHECK: tern.param "wte.weight" [10, 8] normal(2.000000e-02) : tensor<10x8xf32>
// CHECK: tern.linear %{{.*}} "fc" out 32 bias : tensor<?x?x8xf32>
// CHECK: return %{{.*}} : tensor<?x?x32xf32>
// CHECK-NOT: tern.hyper
// OVERRIDE: tern.param "wte.weight" [10, 16]
// OVERRIDE: "fc" out 64
module {
  tern.hyper @vocab = 10
  tern.hyper @d_model = 8
  func.func @sizes_and_types_follow(%tokens: tensor<?x?xi32>) -> !act {
    %wte = tern.param "wte.weight" [@vocab, @d_model] normal(0.02) : tensor<?x?xf32>
    %x = tern.embedding %tokens, %wte : tensor<?x?xi32>, tensor<?x?xf32>
    %y = tern.linear %x "fc" out 4 * @d_model bias : !act
    return %y : !act
  }
}

// -----

// CHECK-LABEL: @through_layers
// CHECK: tern.layers 3 "h"
// CHECK: tern.layer_norm %{{.*}} "ln" : tensor<?x8xf32>
// CHECK: return %{{.*}} : tensor<?x8xf32>
module {
  tern.hyper @d_model = 8
  tern.hyper @depth = 3
  func.func @through_layers(%in: tensor<?x4xf32>) -> tensor<?x?xf32> {
    %x = tern.linear %in "in" out @d_model : tensor<?x4xf32>
    %y = tern.layers @depth "h" (%h = %x) : tensor<?x?xf32> {
      %n = tern.layer_norm %h "ln" : tensor<?x?xf32>
      tern.yield %n : tensor<?x?xf32>
    }
    return %y : tensor<?x?xf32>
  }
}

// -----

// A dimension that bears the name of a hyperparameter, and types through a scan.
// CHECK-LABEL: @dimensions_and_steps
// CHECK-SAME: %{{.*}}: tensor<?x12x4xf32> {tern.dims = ["batch", "source", "channels"]}
// CHECK: tern.zero_state %{{.*}} size 8 : tensor<?x12x4xf32>
// CHECK: tern.scan (%{{.*}} = %{{.*}}) over (%{{.*}} = %{{.*}}) : tensor<?x8xf32>, tensor<?x12x4xf32> {
// CHECK: tern.rnn_cell %{{.*}}, %{{.*}} "rnn" : tensor<?x4xf32>, tensor<?x8xf32>
// CHECK: return %{{.*}} : tensor<?x12x8xf32>
module {
  tern.hyper @source = 12
  tern.hyper @d_model = 8
  func.func @dimensions_and_steps(%xs: tensor<?x?x4xf32> {tern.dims = ["batch", "source", "channels"]}) -> tensor<?x?x?xf32> {
    %h0 = tern.zero_state %xs size @d_model : tensor<?x?x4xf32>
    %last, %all = tern.scan (%h = %h0) over (%x = %xs) : tensor<?x?xf32>, tensor<?x?x4xf32> {
      %y = tern.rnn_cell %x, %h "rnn" : tensor<?x4xf32>, tensor<?x?xf32>
      tern.yield %y, %y : tensor<?x?xf32>, tensor<?x?xf32>
    }
    return %all : tensor<?x?x?xf32>
  }
}

// -----

// CHECK-LABEL: @product_of_two
// CHECK: tern.linear %{{.*}} "k_proj" out 32 : tensor<?x4xf32>
// CHECK: tern.linear %{{.*}} "o_proj" out 8 : tensor<?x32xf32>
module {
  tern.hyper @heads = 2
  tern.hyper @d_model = 16
  func.func @product_of_two(%x: tensor<?x4xf32>) -> tensor<?x?xf32> {
    %k = tern.linear %x "k_proj" out @heads * @d_model : tensor<?x4xf32>
    %o = tern.linear %k "o_proj" out 3 * @heads * @d_model div 12 : tensor<?x?xf32>
    return %o : tensor<?x?xf32>
  }
}

// -----

// A loss that calls @forward sees the types that it has then.
// CHECK-LABEL: @calls
// CHECK: %[[Y:.*]] = call @forward(%{{.*}}) : (tensor<?x4xf32>) -> tensor<?x8xf32>
// CHECK: tern.mean %[[Y]] : tensor<?x8xf32>
module @calls {
  tern.hyper @d_model = 8
  func.func @forward(%x: tensor<?x4xf32>) -> tensor<?x?xf32> {
    %y = tern.linear %x "fc" out @d_model : tensor<?x4xf32>
    return %y : tensor<?x?xf32>
  }
  func.func @loss(%x: tensor<?x4xf32>) -> tensor<f32> {
    %y = call @forward(%x) : (tensor<?x4xf32>) -> tensor<?x?xf32>
    %loss = tern.mean %y : tensor<?x?xf32>
    return %loss : tensor<f32>
  }
}

// -----

// A function may stand below its caller.
// CHECK-LABEL: func.func @caller(
// CHECK-SAME: -> tensor<2x4xf32>
// CHECK: call @below(%{{.*}}) : (tensor<2x4xf32>) -> tensor<2x4xf32>
module {
  tern.hyper @d_model = 4
  func.func @caller(%x: tensor<2x4xf32>) -> tensor<2x?xf32> {
    %y = func.call @below(%x) : (tensor<2x4xf32>) -> tensor<2x?xf32>
    return %y : tensor<2x?xf32>
  }
  func.func private @below(%x: tensor<2x4xf32>) -> tensor<2x?xf32> {
    %y = tern.linear %x "fc" out @d_model : tensor<2x4xf32>
    return %y : tensor<2x?xf32>
  }
}

// -----

// A bias or none, by a number.
// CHECK-LABEL: func.func @bias_by_a_number(
// CHECK: tern.linear %{{.*}} "q" out 8 bias : tensor<2x4xf32>
// CHECK: tern.linear %{{.*}} "k" out 8 : tensor<2x4xf32>
module {
  tern.hyper @d_model = 8
  tern.hyper @with = 1
  tern.hyper @without = 0
  func.func @bias_by_a_number(%x: tensor<2x4xf32>) -> (tensor<2x?xf32>, tensor<2x?xf32>) {
    %q = tern.linear %x "q" out @d_model bias @with : tensor<2x4xf32>
    %k = tern.linear %x "k" out @d_model bias @without : tensor<2x4xf32>
    return %q, %k : tensor<2x?xf32>, tensor<2x?xf32>
  }
}
