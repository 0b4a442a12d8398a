// RUN: tern-opt %s -tern-narrow-products -canonicalize -cse | FileCheck %s

// The bias is added to the sum and stays as it is.
// CHECK-LABEL: @linear
// CHECK-SAME: %[[X:.*]]: tensor<2x4xf32>, %[[W:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<8xf32>
// CHECK-DAG: %[[XH:.*]] = arith.truncf %[[X]] : tensor<2x4xf32> to tensor<2x4xbf16>
// CHECK-DAG: %[[WH:.*]] = arith.truncf %[[W]] : tensor<4x8xf32> to tensor<4x8xbf16>
// CHECK: %[[Y:.*]] = tern.linear %[[XH]] weight %[[WH]] bias %[[B]] : tensor<2x4xbf16>, tensor<4x8xbf16>, tensor<8xf32>
// CHECK: return %[[Y]] : tensor<2x8xf32>
func.func @linear(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<2x8xf32> {
  %y = tern.linear %x weight %w bias %b : tensor<2x4xf32>, tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<2x8xf32>
}

// CHECK-LABEL: @matmul
// CHECK: tern.matmul {{.*}} : tensor<2x4xbf16>, tensor<4x8xbf16>
func.func @matmul(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>) -> tensor<2x8xf32> {
  %y = tern.matmul %x, %w : tensor<2x4xf32>, tensor<4x8xf32>
  return %y : tensor<2x8xf32>
}

// Losses and gradients are f32.
// CHECK-LABEL: @loss
// CHECK: tern.linear_cross_entropy_grad {{.*}} : tensor<2x4xbf16>, tensor<8x4xbf16>, tensor<2xi32>, tensor<f32>
// CHECK: return {{.*}} : tensor<f32>, tensor<2x4xf32>, tensor<8x4xf32>
func.func @loss(%x: tensor<2x4xf32>, %w: tensor<8x4xf32>, %t: tensor<2xi32>, %d: tensor<f32>) -> (tensor<f32>, tensor<2x4xf32>, tensor<8x4xf32>) {
  %l, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d : tensor<2x4xf32>, tensor<8x4xf32>, tensor<2xi32>, tensor<f32>
  return %l, %dx, %dw : tensor<f32>, tensor<2x4xf32>, tensor<8x4xf32>
}

// f64 is somebody's wish.
// CHECK-LABEL: @double
// CHECK-NOT: truncf
// CHECK: return
func.func @double(%x: tensor<2x4xf64>, %w: tensor<4x8xf64>) -> tensor<2x8xf64> {
  %y = tern.matmul %x, %w : tensor<2x4xf64>, tensor<4x8xf64>
  return %y : tensor<2x8xf64>
}

// What one repeat keeps for another is kept in bf16; statistics of rows (B, T, 1), and what leaves the function, are not.
// CHECK-LABEL: @kept
// CHECK: %[[F:.*]]:4 = tern.layers 3
// CHECK: tern.yield {{.*}} : tensor<2x4x8xf32>, tensor<2x4x8xbf16>, tensor<2x4x1xf32>, tensor<2x4x8xf32>
// CHECK: tern.layers 3 reverse {{.*}} stacked (%[[SLICE:.*]] = %[[F]]#1, {{.*}}) : tensor<2x4x8xf32>, tensor<3x2x4x8xbf16>, tensor<3x2x4x1xf32>
// CHECK: arith.extf %[[SLICE]]
func.func @kept(%x: tensor<2x4x8xf32>, %d: tensor<2x4x8xf32>) -> (tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<3x2x4x8xf32>) {
  %f:4 = tern.layers 3 (%h = %x) : tensor<2x4x8xf32> {
    %y = tern.exp %h : tensor<2x4x8xf32>
    %m = tern.mean %y dims [-1] keep_dims : tensor<2x4x8xf32>
    tern.yield %y, %y, %m, %y : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x1xf32>, tensor<2x4x8xf32>
  }
  %g = tern.layers 3 reverse (%dh = %d) stacked (%y = %f#1, %m = %f#2) : tensor<2x4x8xf32>, tensor<3x2x4x8xf32>, tensor<3x2x4x1xf32> {
    %a = tern.mul %dh, %y : tensor<2x4x8xf32>, tensor<2x4x8xf32>
    %b = tern.mul %a, %m : tensor<2x4x8xf32>, tensor<2x4x1xf32>
    tern.yield %b : tensor<2x4x8xf32>
  }
  return %f#0, %g, %f#3 : tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<3x2x4x8xf32>
}

// What is only read under another shape is rounded where it is made.
// CHECK-LABEL: @rounded_before_reshape
// CHECK: %[[Y:.*]] = tern.gelu
// CHECK: %[[H:.*]] = arith.truncf %[[Y]] : tensor<2x3x4xf32> to tensor<2x3x4xbf16>
// CHECK: %[[R:.*]] = tern.reshape %[[H]] to [6, 4] : tensor<2x3x4xbf16>
// CHECK: tern.matmul %[[R]]
func.func @rounded_before_reshape(%x: tensor<2x3x4xf32>, %w: tensor<4x8xf32>) -> tensor<6x8xf32> {
  %a = tern.gelu %x : tensor<2x3x4xf32>
  %r = tern.reshape %a to [6, 4] : tensor<2x3x4xf32>
  %y = tern.matmul %r, %w : tensor<6x4xf32>, tensor<4x8xf32>
  return %y : tensor<6x8xf32>
}
