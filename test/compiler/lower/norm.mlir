// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// Mean, variance, reciprocal deviation, then one elementwise op over everything.
// CHECK-LABEL: func.func @layer_norm(
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: math.rsqrt
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK-NOT: linalg.generic
func.func @layer_norm(%x: tensor<4x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %y = tern.layer_norm %x weight %w bias %b : tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @rms_norm(
// CHECK-COUNT-1: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: math.rsqrt
func.func @rms_norm(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %y = tern.rms_norm %x weight %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}
