// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @learned_positions(
// CHECK: tern.position_embedding %{{.*}}, %{{.*}} : tensor<2x4x8xf32>, tensor<16x8xf32>
func.func @learned_positions(%x: tensor<2x4x8xf32>, %table: tensor<16x8xf32>) -> tensor<2x4x8xf32> {
  %y = tern.position_embedding %x, %table : tensor<2x4x8xf32>, tensor<16x8xf32>
  return %y : tensor<2x4x8xf32>
}

// CHECK-LABEL: func.func @later_positions(
// CHECK: tern.position_embedding %{{.*}}, %{{.*}} position(%{{.*}} : tensor<i32>) : tensor<2x4x8xf32>, tensor<16x8xf32>
// CHECK: tern.sinusoidal %{{.*}} : tensor<2x4x8xf32>
// CHECK: tern.sinusoidal %{{.*}} position(%{{.*}} : tensor<2xi32>) : tensor<2x4x8xf32>
func.func @later_positions(%x: tensor<2x4x8xf32>, %table: tensor<16x8xf32>, %p: tensor<i32>, %n: tensor<2xi32>) -> tensor<2x4x8xf32> {
  %y = tern.position_embedding %x, %table position(%p : tensor<i32>) : tensor<2x4x8xf32>, tensor<16x8xf32>
  %z = tern.sinusoidal %y : tensor<2x4x8xf32>
  %u = tern.sinusoidal %z position(%n : tensor<2xi32>) : tensor<2x4x8xf32>
  return %u : tensor<2x4x8xf32>
}

// CHECK-LABEL: func.func @rope(
// CHECK: tern.rope %{{.*}} heads 2 interleaved : tensor<2x4x16xf32>
// CHECK: tern.rope %{{.*}} heads @n half_split rotary @r theta @theta linear 4.000000e+00 position(%{{.*}} : tensor<2xi32>) : tensor<2x4x16xf32>
// CHECK: tern.rope %{{.*}} heads 2 kv_heads 1 half_split ntk 2.000000e+00 inverse : tensor<2x4x16xf32>
func.func @rope(%x: tensor<2x4x16xf32>, %n: tensor<2xi32>) -> tensor<2x4x16xf32> {
  %y = tern.rope %x heads 2 interleaved : tensor<2x4x16xf32>
  %z = tern.rope %y heads @n half_split rotary @r theta @theta linear 4.0 position(%n : tensor<2xi32>) : tensor<2x4x16xf32>
  %u = tern.rope %z heads 2 kv_heads 1 half_split ntk 2.0 inverse : tensor<2x4x16xf32>
  return %u : tensor<2x4x16xf32>
}
