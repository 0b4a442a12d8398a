// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @norms(
// CHECK: tern.layer_norm %{{.*}} "ln" : tensor<2x8xf32>
// CHECK: tern.layer_norm %{{.*}} weight %{{.*}} bias %{{.*}} eps 5.000000e-01 : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
// CHECK: tern.rms_norm %{{.*}} "norm" : tensor<2x8xf32>
// CHECK: tern.rms_norm %{{.*}} weight %{{.*}} : tensor<2x8xf32>, tensor<8xf32>
// CHECK: tern.group_norm %{{.*}} "groups" groups 4 : tensor<2x8xf32>
// CHECK: tern.group_norm %{{.*}} weight %{{.*}} bias %{{.*}} groups 2 eps 1.000000e-03 : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
// CHECK: tern.batch_norm %{{.*}} "bn" : tensor<2x8xf32>
// CHECK: tern.batch_norm %{{.*}} weight %{{.*}} bias %{{.*}} running %{{.*}}, %{{.*}} eps 1.000000e-03 : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
// CHECK: tern.batch_norm %{{.*}} weight %{{.*}} bias %{{.*}} running %{{.*}}, %{{.*}} momentum 2.000000e-02 training : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
func.func @norms(%x: tensor<2x8xf32>, %w: tensor<8xf32>) {
  %0 = tern.layer_norm %x "ln" : tensor<2x8xf32>
  %1 = tern.layer_norm %x weight %w bias %w eps 0.5 : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
  %2 = tern.rms_norm %x "norm" : tensor<2x8xf32>
  %3 = tern.rms_norm %x weight %w : tensor<2x8xf32>, tensor<8xf32>
  %4 = tern.group_norm %x "groups" groups 4 : tensor<2x8xf32>
  %5 = tern.group_norm %x weight %w bias %w groups 2 eps 1.0e-3 : tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>
  %6 = tern.batch_norm %x "bn" : tensor<2x8xf32>
  %7 = tern.batch_norm %x weight %w bias %w running %w, %w eps 1.0e-3 :
      tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  %8, %mean, %variance = tern.batch_norm %x weight %w bias %w running %w, %w momentum 0.02 training :
      tensor<2x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  return
}
