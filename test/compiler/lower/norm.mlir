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

// Statistics over positions and channels of a group, which are two dimensions of a view.
// CHECK-LABEL: func.func @group_norm(
// CHECK: tensor.expand_shape %{{.*}} into tensor<2x6x4x2xf32>
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel", "reduction"]
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel", "reduction"]
// CHECK: math.rsqrt
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK-NOT: linalg.generic
func.func @group_norm(%x: tensor<2x6x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<2x6x8xf32> {
  %y = tern.group_norm %x weight %w bias %b groups 4 : tensor<2x6x8xf32>, tensor<8xf32>, tensor<8xf32>
  return %y : tensor<2x6x8xf32>
}

// Statistics of the rows; both averages move.
// CHECK-LABEL: func.func @batch_norm_in_training(
// CHECK-COUNT-2: linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
// CHECK: math.rsqrt
func.func @batch_norm_in_training(%x: tensor<6x8xf32>, %w: tensor<8xf32>) -> (tensor<6x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %y, %m, %v = tern.batch_norm %x weight %w bias %w running %w, %w training :
      tensor<6x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  return %y, %m, %v : tensor<6x8xf32>, tensor<8xf32>, tensor<8xf32>
}

// Running averages become a factor and a term per channel: of x only a multiplication and an addition are left.
// CHECK-LABEL: func.func @batch_norm(
// CHECK-SAME: %[[X:.*]]: tensor<6x8xf32>, %[[W:.*]]: tensor<8xf32>
// CHECK-NOT: "reduction"
// CHECK: math.rsqrt
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[X]], %{{.*}}, %{{.*}} : tensor<6x8xf32>, tensor<8xf32>, tensor<8xf32>)
// CHECK: arith.mulf
// CHECK-NEXT: arith.addf
// CHECK-NEXT: linalg.yield
func.func @batch_norm(%x: tensor<6x8xf32>, %w: tensor<8xf32>) -> tensor<6x8xf32> {
  %y = tern.batch_norm %x weight %w bias %w running %w, %w :
      tensor<6x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  return %y : tensor<6x8xf32>
}
