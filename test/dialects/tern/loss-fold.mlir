// The gradient of linear_cross_entropy computes the loss on the way: one pass over the logits, not two.
// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @loss_of_the_gradient
// CHECK-NOT: tern.linear_cross_entropy %
// CHECK: %[[LOSS:.*]], %[[DX:.*]], %[[DW:.*]] = tern.linear_cross_entropy_grad
// CHECK-NEXT: return %[[LOSS]], %[[DX]]
func.func @loss_of_the_gradient(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %t: tensor<4xi32>, %d: tensor<f32>)
    -> (tensor<f32>, tensor<4x8xf32>) {
  %loss = tern.linear_cross_entropy %x, %w, %t : tensor<4x8xf32>, tensor<16x8xf32>, tensor<4xi32>
  %unused, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d :
      tensor<4x8xf32>, tensor<16x8xf32>, tensor<4xi32>, tensor<f32>
  return %loss, %dx : tensor<f32>, tensor<4x8xf32>
}

// The gradient needs the loss first.
// CHECK-LABEL: func @keep_loss_that_is_needed_before
// CHECK: tern.linear_cross_entropy %
// CHECK: tern.linear_cross_entropy_grad
func.func @keep_loss_that_is_needed_before(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %t: tensor<4xi32>) -> tensor<4x8xf32> {
  %loss = tern.linear_cross_entropy %x, %w, %t : tensor<4x8xf32>, tensor<16x8xf32>, tensor<4xi32>
  %unused, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %loss :
      tensor<4x8xf32>, tensor<16x8xf32>, tensor<4xi32>, tensor<f32>
  return %dx : tensor<4x8xf32>
}

// CHECK-LABEL: func @keep_loss_of_other_targets
// CHECK: tern.linear_cross_entropy %
func.func @keep_loss_of_other_targets(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %t: tensor<4xi32>, %d: tensor<f32>)
    -> (tensor<f32>, tensor<4x8xf32>) {
  %loss = tern.linear_cross_entropy %x, %w, %t ignore_index 0 : tensor<4x8xf32>, tensor<16x8xf32>, tensor<4xi32>
  %unused, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d :
      tensor<4x8xf32>, tensor<16x8xf32>, tensor<4xi32>, tensor<f32>
  return %loss, %dx : tensor<f32>, tensor<4x8xf32>
}
