// Reductions and softmax print and parse again.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @reduce
func.func @reduce(%x: tensor<2x4x3xf32>) {
  // CHECK: tern.sum %{{.*}} : tensor<2x4x3xf32>
  %0 = tern.sum %x : tensor<2x4x3xf32>
  // CHECK: tern.mean %{{.*}} dims [1] keep_dims : tensor<2x4x3xf32>
  %1 = tern.mean %x dims [-2] keep_dims : tensor<2x4x3xf32>
  // CHECK: tern.max %{{.*}} dims [0, 2] : tensor<2x4x3xf32>
  %2 = tern.max %x dims [2, 0] : tensor<2x4x3xf32>
  // CHECK: tern.argmax %{{.*}} : tensor<2x4x3xf32>
  %3 = tern.argmax %x : tensor<2x4x3xf32>
  // CHECK: tern.softmax %{{.*}} : tensor<2x4x3xf32>
  %4 = tern.softmax %x : tensor<2x4x3xf32>
  // CHECK: tern.log_softmax %{{.*}} dim 1 : tensor<2x4x3xf32>
  %5 = tern.log_softmax %x dim 1 : tensor<2x4x3xf32>
  %lengths = arith.constant dense<[1, 3]> : tensor<2xi32>
  // CHECK: %[[MEAN:.*]] = tern.masked_mean %{{.*}}, %{{.*}} : tensor<2x4x3xf32>, tensor<2xi32>
  %mean = tern.masked_mean %x, %lengths : tensor<2x4x3xf32>, tensor<2xi32>
  // CHECK: tern.cosine_similarity %[[MEAN]], %[[MEAN]] : tensor<2x3xf32>, tensor<2x3xf32>
  %cosine = tern.cosine_similarity %mean, %mean : tensor<2x3xf32>, tensor<2x3xf32>
  // CHECK: tern.cosine_similarity %{{.*}}, %{{.*}} eps 1.000000e-03 : tensor<2x4x3xf32>, tensor<2x4x3xf32>
  %each = tern.cosine_similarity %x, %x eps 1.0e-3 : tensor<2x4x3xf32>, tensor<2x4x3xf32>
  return
}
