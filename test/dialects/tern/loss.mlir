// Losses and their gradients print and parse again.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @loss
func.func @loss(%p: tensor<2x4xf32>, %y: tensor<2x4xf32>, %l: tensor<2x4x16xf32>, %t: tensor<2x4xi32>,
    %d: tensor<f32>, %x: tensor<300x8xf32>, %w: tensor<16x8xf32>, %tt: tensor<300xi64>) {
  // CHECK: tern.mse %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %0 = tern.mse %p, %y : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.binary_cross_entropy %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %1 = tern.binary_cross_entropy %p, %y : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.cross_entropy %{{.*}}, %{{.*}} : tensor<2x4x16xf32>, tensor<2x4xi32>
  %2 = tern.cross_entropy %l, %t : tensor<2x4x16xf32>, tensor<2x4xi32>
  // CHECK: tern.nll %{{.*}}, %{{.*}} ignore_index 0 : tensor<2x4x16xf32>, tensor<2x4xi32>
  %3 = tern.nll %l, %t ignore_index 0 : tensor<2x4x16xf32>, tensor<2x4xi32>
  // CHECK: tern.cross_entropy_grad %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x4x16xf32>, tensor<2x4xi32>, tensor<f32>
  %4 = tern.cross_entropy_grad %l, %t, %d : tensor<2x4x16xf32>, tensor<2x4xi32>, tensor<f32>
  // CHECK: tern.nll_grad %{{.*}}, %{{.*}} classes 16 : tensor<2x4xi32>, tensor<f32>
  %5 = tern.nll_grad %t, %d classes 16 : tensor<2x4xi32>, tensor<f32>
  // CHECK: tern.linear_cross_entropy %{{.*}}, %{{.*}}, %{{.*}} : tensor<300x8xf32>, tensor<16x8xf32>, tensor<300xi64>
  %6 = tern.linear_cross_entropy %x, %w, %tt : tensor<300x8xf32>, tensor<16x8xf32>, tensor<300xi64>
  // CHECK: tern.linear_cross_entropy_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<300x8xf32>, tensor<16x8xf32>, tensor<300xi64>, tensor<f32>
  %7, %8, %9 = tern.linear_cross_entropy_grad %x, %w, %tt, %d : tensor<300x8xf32>, tensor<16x8xf32>, tensor<300xi64>, tensor<f32>
  // CHECK: tern.huber %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %huber = tern.huber %p, %y : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.huber %{{.*}}, %{{.*}} delta 5.000000e-01 : tensor<2x4xf32>, tensor<2x4xf32>
  %near = tern.huber %p, %y delta 0.5 : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.kl_div %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>
  %divergence = tern.kl_div %p, %y : tensor<2x4xf32>, tensor<2x4xf32>
  // CHECK: tern.cross_entropy %{{.*}}, %{{.*}} ignore_index 0 label_smoothing 1.000000e-01 : tensor<2x4x16xf32>, tensor<2x4xi32>
  %smooth = tern.cross_entropy %l, %t ignore_index 0 label_smoothing 0.1 : tensor<2x4x16xf32>, tensor<2x4xi32>
  // CHECK: tern.cross_entropy_grad %{{.*}}, %{{.*}}, %{{.*}} label_smoothing 1.000000e-01 : tensor<2x4x16xf32>, tensor<2x4xi32>, tensor<f32>
  %slope = tern.cross_entropy_grad %l, %t, %smooth label_smoothing 0.1 : tensor<2x4x16xf32>, tensor<2x4xi32>, tensor<f32>
  return
}
