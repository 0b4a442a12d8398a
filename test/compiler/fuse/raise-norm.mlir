// Norms written from primitives become one op, in any order of commutative operands.
// RUN: tern-opt %s --tern-raise-norm | FileCheck %s

// CHECK-LABEL: func @layer_norm
// CHECK-SAME: %[[X:.*]]: tensor<2x4x8xf32>, %[[W:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>
// CHECK-NEXT: %[[Y:.*]] = tern.layer_norm %[[X]] weight %[[W]] bias %[[B]] eps {{.*}} : tensor<2x4x8xf32>, tensor<8xf32>, tensor<8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm(%x: tensor<2x4x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<2x4x8xf32> {
  %eps = arith.constant dense<1.0e-6> : tensor<f32>
  %mean = tern.mean %x dims [-1] keep_dims : tensor<2x4x8xf32>
  %c = tern.sub %x, %mean : tensor<2x4x8xf32>, tensor<2x4x1xf32>
  %square = tern.mul %c, %c : tensor<2x4x8xf32>, tensor<2x4x8xf32>
  %variance = tern.mean %square dims [-1] keep_dims : tensor<2x4x8xf32>
  %shifted = tern.add %variance, %eps : tensor<2x4x1xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<2x4x1xf32>
  %n = tern.mul %c, %r : tensor<2x4x8xf32>, tensor<2x4x1xf32>
  %scaled = tern.mul %n, %w : tensor<2x4x8xf32>, tensor<8xf32>
  %y = tern.add %scaled, %b : tensor<2x4x8xf32>, tensor<8xf32>
  return %y : tensor<2x4x8xf32>
}

// CHECK-LABEL: func @layer_norm_by_division
// CHECK: tern.layer_norm
// CHECK-NEXT: return
func.func @layer_norm_by_division(%x: tensor<4x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %mean = tern.mean %x dims [1] keep_dims : tensor<4x8xf32>
  %c = tern.sub %x, %mean : tensor<4x8xf32>, tensor<4x1xf32>
  %square = tern.mul %c, %c : tensor<4x8xf32>, tensor<4x8xf32>
  %variance = tern.mean %square dims [1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %eps, %variance : tensor<f32>, tensor<4x1xf32>
  %deviation = tern.sqrt %shifted : tensor<4x1xf32>
  %n = tern.div %c, %deviation : tensor<4x8xf32>, tensor<4x1xf32>
  %scaled = tern.mul %w, %n : tensor<8xf32>, tensor<4x8xf32>
  %y = tern.add %b, %scaled : tensor<8xf32>, tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func @rms_norm
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>, %[[W:.*]]: tensor<8xf32>
// CHECK-NEXT: %[[Y:.*]] = tern.rms_norm %[[X]] weight %[[W]]
// CHECK-NEXT: return %[[Y]]
func.func @rms_norm(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tern.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32>
  %mean = tern.mean %square dims [-1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %mean, %eps : tensor<4x1xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<4x1xf32>
  %n = tern.mul %r, %x : tensor<4x1xf32>, tensor<4x8xf32>
  %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

// The mean square is of another value.
// CHECK-LABEL: func @keep_norm_of_another
// CHECK-NOT: rms_norm
func.func @keep_norm_of_another(%x: tensor<4x8xf32>, %z: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tern.mul %z, %z : tensor<4x8xf32>, tensor<4x8xf32>
  %mean = tern.mean %square dims [-1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %mean, %eps : tensor<4x1xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<4x1xf32>
  %n = tern.mul %x, %r : tensor<4x8xf32>, tensor<4x1xf32>
  %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: func @keep_norm_over_the_first_dimension
// CHECK-NOT: rms_norm
func.func @keep_norm_over_the_first_dimension(%x: tensor<8x8xf32>, %w: tensor<8xf32>) -> tensor<8x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tern.mul %x, %x : tensor<8x8xf32>, tensor<8x8xf32>
  %mean = tern.mean %square dims [0] keep_dims : tensor<8x8xf32>
  %shifted = tern.add %mean, %eps : tensor<1x8xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<1x8xf32>
  %n = tern.mul %x, %r : tensor<8x8xf32>, tensor<1x8xf32>
  %y = tern.mul %n, %w : tensor<8x8xf32>, tensor<8xf32>
  return %y : tensor<8x8xf32>
}
