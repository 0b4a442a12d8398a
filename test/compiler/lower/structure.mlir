// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @layers_are_a_loop_over_slices(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4xf32>, %[[W:[a-z0-9]+]]: tensor<3x4xf32>
// CHECK: scf.for %[[I:[a-z0-9]+]] = {{.*}} iter_args(%[[H:.*]] = %[[X]])
// CHECK: tensor.extract_slice %[[W]][%[[I]], 0] [1, 4] [1, 1]
func.func @layers_are_a_loop_over_slices(%x: tensor<4xf32>, %w: tensor<3x4xf32>) -> tensor<4xf32> {
  %r = tern.layers 3 (%h = %x) stacked (%s = %w) : tensor<4xf32>, tensor<3x4xf32> {
    %y = tern.add %h, %s : tensor<4xf32>, tensor<4xf32>
    tern.yield %y : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @reverse_counts_down(
// CHECK: scf.for %[[I:[a-z0-9]+]] =
// CHECK: %[[N:.*]] = arith.subi %{{.*}}, %[[I]]
// CHECK: tensor.extract_slice %{{.*}}[%[[N]], 0]
func.func @reverse_counts_down(%x: tensor<4xf32>, %w: tensor<3x4xf32>) -> tensor<4xf32> {
  %r = tern.layers 3 reverse (%h = %x) stacked (%s = %w) : tensor<4xf32>, tensor<3x4xf32> {
    %y = tern.add %h, %s : tensor<4xf32>, tensor<4xf32>
    tern.yield %y : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// The stored gradient itself is carried: no second buffer of its size.
// CHECK-LABEL: func.func @accumulated_result_grows_in_place(
// CHECK-SAME: %[[OLD:[a-z0-9]+]]: tensor<3x4xf32>
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[G:.*]] = %[[OLD]])
// CHECK: tensor.extract_slice %[[G]]
// CHECK: tensor.insert_slice %{{.*}} into %[[G]]
func.func @accumulated_result_grows_in_place(%x: tensor<4xf32>, %old: tensor<3x4xf32>, %flag: tensor<i1>) -> tensor<3x4xf32> {
  %r:2 = tern.layers 3 (%h = %x) stacked (%g = %old) : tensor<4xf32>, tensor<3x4xf32> {
    %y = tern.tanh %h : tensor<4xf32>
    %sum = tern.accumulate %g, %h if %flag : tensor<4xf32>
    tern.yield %y, %sum : tensor<4xf32>, tensor<4xf32>
  }
  return %r#1 : tensor<3x4xf32>
}
