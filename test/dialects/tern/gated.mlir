// Gated units print and parse again.
// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func @gated
func.func @gated(%gate: tensor<2x4xf32>, %up: tensor<2x4xf32>, %packed: tensor<?x?x8xf32>) {
  // CHECK: tern.swiglu %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %0 = tern.swiglu %gate, %up : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: %[[HALF:.*]] = tern.swiglu %{{.*}} : tensor<?x?x8xf32>
  %1 = tern.swiglu %packed : tensor<?x?x8xf32>
  // CHECK: tern.neg %[[HALF]] : tensor<?x?x4xf32>
  %2 = tern.neg %1 : tensor<?x?x4xf32>
  // CHECK: tern.geglu %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %3 = tern.geglu %gate, %up : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.geglu %{{.*}} tanh : tensor<?x?x8xf32>
  %4 = tern.geglu %packed tanh : tensor<?x?x8xf32>
  return
}
