// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK: tern.hyper @d_model = 768
// CHECK: tern.hyper @dropout = 1.000000e-01
tern.hyper @d_model = 768
tern.hyper @dropout = 0.1

// CHECK-LABEL: func.func @parameters(
// CHECK: tern.param "a" [4, 8] normal(2.000000e-02) : tensor<4x8xf32>
// CHECK: tern.param "b" [@d_model, 3 * @d_model, @d_model div 12] zeros frozen : tensor<?x?x?xf32>
// CHECK: tern.param "c" [8] uniform(-1.000000e+00, 1.000000e+00) : tensor<8xf32>
// CHECK: tern.param "d" [8] residual_normal(2.000000e-02, 2 * @d_model) : tensor<8xf32>
func.func @parameters() {
  %a = tern.param "a" [4, 8] normal(0.02) : tensor<4x8xf32>
  %b = tern.param "b" [@d_model, 3 * @d_model, @d_model div 12] zeros frozen : tensor<?x?x?xf32>
  %c = tern.param "c" [8] uniform(-1.0, 1.0) : tensor<8xf32>
  %d = tern.param "d" [8] residual_normal(0.02, 2 * @d_model) : tensor<8xf32>
  return
}

// CHECK-LABEL: func.func @layers(
// CHECK: %[[R:.*]]:2 = tern.layers 3 "h" reverse index %[[I:.*]] (%[[H:.*]] = %{{.*}}) stacked (%[[S:.*]] = %{{.*}}) : tensor<4xf32>, tensor<3x4xf32> {
// CHECK: tern.yield %{{.*}}, %[[H]] : tensor<4xf32>, tensor<4xf32>
// CHECK: return %[[R]]#0, %[[R]]#1 : tensor<4xf32>, tensor<3x4xf32>
func.func @layers(%x: tensor<4xf32>, %w: tensor<3x4xf32>, %seed: tensor<i64>) -> (tensor<4xf32>, tensor<3x4xf32>) {
  %r:2 = tern.layers 3 "h" reverse index %i (%h = %x) stacked (%s = %w) : tensor<4xf32>, tensor<3x4xf32> {
    %key = tern.random_key %seed, %seed, %seed layer %i site "s"
    %y = tern.add %h, %s : tensor<4xf32>, tensor<4xf32>
    tern.yield %y, %h : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<3x4xf32>
}
