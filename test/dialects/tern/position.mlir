// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @learned_positions(
// CHECK: tern.position_embedding %{{.*}}, %{{.*}} : tensor<2x4x8xf32>, tensor<16x8xf32>
func.func @learned_positions(%x: tensor<2x4x8xf32>, %table: tensor<16x8xf32>) -> tensor<2x4x8xf32> {
  %y = tern.position_embedding %x, %table : tensor<2x4x8xf32>, tensor<16x8xf32>
  return %y : tensor<2x4x8xf32>
}
