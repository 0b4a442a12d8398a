// Comparisons and choices print and parse again.
// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @compare
func.func @compare(%x: tensor<2x4xf32>, %a: tensor<4xf32>, %tokens: tensor<?x?xi32>, %pad: tensor<i32>, %lengths: tensor<2xi32>) {
  // CHECK: tern.equal %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<4xf32>
  %0 = tern.equal %x, %a : tensor<2x4xf32>, tensor<4xf32>
  // CHECK: tern.not_equal %{{.*}}, %{{.*}} : tensor<?x?xi32>, tensor<i32>
  %1 = tern.not_equal %tokens, %pad : tensor<?x?xi32>, tensor<i32>
  // CHECK: tern.less %{{.*}}, %{{.*}} : tensor<4xf32>, tensor<2x4xf32>
  %2 = tern.less %a, %x : tensor<4xf32>, tensor<2x4xf32>
  // CHECK: tern.less_equal %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %3 = tern.less_equal %x, %2 : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.greater %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %4 = tern.greater %x, %3 : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.greater_equal %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %5 = tern.greater_equal %x, %4 : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.where %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>, tensor<4xf32>
  %6 = tern.where %5, %x, %a : tensor<2x4xf32>, tensor<2x4xf32>, tensor<4xf32>
  // The mask of tokens is made of bits.
  // CHECK: tern.where %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x?xi1>, tensor<?x?xi32>, tensor<i32>
  %7 = tern.where %1, %tokens, %pad : tensor<?x?xi1>, tensor<?x?xi32>, tensor<i32>
  // CHECK: %[[MASK:.*]] = tern.length_mask %{{.*}} like %{{.*}} : tensor<2xi32>, tensor<2x4xf32>
  %8 = tern.length_mask %lengths like %x : tensor<2xi32>, tensor<2x4xf32>
  // CHECK: tern.neg %[[MASK]] : tensor<2x4xf32>
  %9 = tern.neg %8 : tensor<2x4xf32>
  return
}
