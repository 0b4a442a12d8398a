// Random ops print and parse again.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @random
func.func @random(%a: tensor<i64>, %b: tensor<i64>, %c: tensor<i64>, %x: tensor<2x4xf32>) {
  // CHECK: tern.random_key %{{.*}}, %{{.*}}, %{{.*}} layer %{{.*}} site "h.attn"
  %k = tern.random_key %a, %b, %c layer %a site "h.attn"
  // CHECK: tern.random_key %{{.*}}, %{{.*}}, %{{.*}} site "h.attn"
  %k2 = tern.random_key %a, %b, %c site "h.attn"
  // CHECK: tern.dropout %{{.*}} rate 1.000000e-01 site "e" key %{{.*}} : tensor<2x4xf32>
  %0 = tern.dropout %x rate 0.1 site "e" key %k : tensor<2x4xf32>
  // CHECK: tern.uniform [2, 4] from -1.000000e+00 key %{{.*}} : f32
  %1 = tern.uniform [2, 4] from -1.0 to 1.0 key %k2 : f32
  // CHECK: tern.normal [2, 4] std 2.000000e-02 key %{{.*}} : f64
  %2 = tern.normal [2, 4] std 0.02 key %k : f64
  return
}
