// Shape ops print and parse again.
// RUN: tern-opt %s | tern-opt | FileCheck %s

// CHECK-LABEL: func @shape
func.func @shape(%x: tensor<2x4x12xf32>, %b: tensor<2x3x12xf32>, %c: tensor<12xf32>) {
  // CHECK: tern.reshape %{{.*}} to [0, 0, 3, -1] : tensor<2x4x12xf32>
  %0 = tern.reshape %x to [0, 0, 3, -1] : tensor<2x4x12xf32>
  // CHECK: tern.transpose %{{.*}} [1, 0, 2, 3] : tensor<2x4x3x4xf32>
  %1 = tern.transpose %0 [1, 0, 2, 3] : tensor<2x4x3x4xf32>
  // CHECK: tern.split %{{.*}} dim 2 into 3 : tensor<2x4x12xf32>
  %2, %3, %4 = tern.split %x dim 2 into 3 : tensor<2x4x12xf32>
  // CHECK: tern.split %{{.*}} dim -1 sizes [10, 2] : tensor<2x4x12xf32>
  %5, %6 = tern.split %x dim -1 sizes [10, 2] : tensor<2x4x12xf32>
  // CHECK: tern.concat %{{.*}}, %{{.*}} dim 1 : tensor<2x4x12xf32>, tensor<2x3x12xf32>
  %7 = tern.concat %x, %b dim 1 : tensor<2x4x12xf32>, tensor<2x3x12xf32>
  // CHECK: tern.slice %{{.*}} offsets [1, 0, 0] sizes [-1, 2, 12] strides [1, 2, 1] : tensor<2x4x12xf32>
  %8 = tern.slice %x offsets [1, 0, 0] sizes [-1, 2, 12] strides [1, 2, 1] : tensor<2x4x12xf32>
  // CHECK: tern.pad_slice %{{.*}} offsets [0, 1, 0] into [2, 8, 12] : tensor<2x4x12xf32>
  %9 = tern.pad_slice %x offsets [0, 1, 0] into [2, 8, 12] : tensor<2x4x12xf32>
  // CHECK: tern.broadcast %{{.*}} to [2, 3, 0] : tensor<12xf32>
  %10 = tern.broadcast %c to [2, 3, 0] : tensor<12xf32>
  // CHECK: tern.pad %{{.*}} low [0, 1, 0] high [0, 2, 0] value -1.000000e+00 : tensor<2x4x12xf32>
  %11 = tern.pad %x low [0, 1, 0] high [0, 2, 0] value -1.0 : tensor<2x4x12xf32>
  return
}
