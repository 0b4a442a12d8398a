// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @norms(
// CHECK: tern.layer_norm %{{.*}} "ln" : tensor<2x8xf32>
// CHECK: tern.layer_norm %{{.*}} weight %{{.*}} bias %{{.*}} eps 5.000000e-01 : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
// CHECK: tern.rms_norm %{{.*}} "norm" : tensor<2x8xf32>
// CHECK: tern.rms_norm %{{.*}} weight %{{.*}} : tensor<2x8xf32>, tensor<8xf32>
func.func @norms(%x: tensor<2x8xf32>, %w: tensor<8xf32>) {
  %0 = tern.layer_norm %x "ln" : tensor<2x8xf32>
  %1 = tern.layer_norm %x weight %w bias %w eps 0.5 : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
  %2 = tern.rms_norm %x "norm" : tensor<2x8xf32>
  %3 = tern.rms_norm %x weight %w : tensor<2x8xf32>, tensor<8xf32>
  return
}
