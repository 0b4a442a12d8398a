// Look-ups and what runs along a dimension print and parse again.
// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @gather
func.func @gather(%x: tensor<?x?x8xf32>, %i: tensor<?x3x1xi32>, %y: tensor<2x3x8xf32>, %j: tensor<2x3x1xi64>, %old: tensor<2x6x8xf32>) {
  // CHECK: %[[ROWS:.*]] = tern.gather %{{.*}}, %{{.*}} dim 1 : tensor<?x?x8xf32>, tensor<?x3x1xi32>
  %0 = tern.gather %x, %i dim 1 : tensor<?x?x8xf32>, tensor<?x3x1xi32>
  // CHECK: tern.neg %[[ROWS]] : tensor<?x3x8xf32>
  %1 = tern.neg %0 : tensor<?x3x8xf32>
  // CHECK: tern.scatter_add %{{.*}}, %{{.*}} dim -2 size 6 : tensor<2x3x8xf32>, tensor<2x3x1xi64>
  %2 = tern.scatter_add %y, %j dim -2 size 6 : tensor<2x3x8xf32>, tensor<2x3x1xi64>
  // CHECK: tern.scatter_add %{{.*}}, %{{.*}} dim 1 size 6 onto %{{.*}} : tensor<2x3x8xf32>, tensor<2x3x1xi64>, tensor<2x6x8xf32>
  %3 = tern.scatter_add %y, %j dim 1 size 6 onto %2 : tensor<2x3x8xf32>, tensor<2x3x1xi64>, tensor<2x6x8xf32>
  // CHECK: tern.one_hot %{{.*}} classes 5 : tensor<?x3x1xi32>, f64
  %4 = tern.one_hot %i classes 5 : tensor<?x3x1xi32>, f64
  // CHECK: %[[VALUES:.*]], %[[INDICES:.*]] = tern.top_k %{{.*}} k 4 : tensor<?x?x8xf32>
  %5, %6 = tern.top_k %x k 4 : tensor<?x?x8xf32>
  // CHECK: tern.gather %{{.*}}, %[[INDICES]] dim 2 : tensor<?x?x8xf32>, tensor<?x?x4xi32>
  %7 = tern.gather %x, %6 dim 2 : tensor<?x?x8xf32>, tensor<?x?x4xi32>
  // CHECK: tern.top_k %{{.*}} k 2 dim 1 : tensor<2x3x8xf32>
  %8, %9 = tern.top_k %y k 2 dim 1 : tensor<2x3x8xf32>
  // CHECK: tern.cumsum %{{.*}} : tensor<?x?x8xf32>
  %10 = tern.cumsum %x : tensor<?x?x8xf32>
  // CHECK: tern.cumsum %{{.*}} dim 0 exclusive reverse : tensor<?x?x8xf32>
  %11 = tern.cumsum %x dim 0 exclusive reverse : tensor<?x?x8xf32>
  return
}

// The number of classes may be a hyperparameter.
// CHECK-LABEL: module @sized
module @sized {
  tern.hyper @classes = 5
  func.func @named(%i: tensor<2xi32>) {
    // CHECK: tern.one_hot %{{.*}} classes @classes : tensor<2xi32>, f32
    %0 = tern.one_hot %i classes @classes : tensor<2xi32>, f32
    return
  }
}
