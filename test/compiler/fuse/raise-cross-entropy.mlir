// Losses over classes become the op that materialises least.
// RUN: tern-opt %s --tern-raise-cross-entropy | FileCheck %s
// RUN: tern-opt %s --tern-raise-cross-entropy --remarks=raise-cross-entropy -o /dev/null 2>&1 | FileCheck %s --check-prefix=SAYS

// CHECK-LABEL: func @from_primitives
// CHECK-SAME: %[[X:.*]]: tensor<4x16xf32>, %[[T:.*]]: tensor<4xi32>
// CHECK-NEXT: %[[LOSS:.*]] = tern.cross_entropy %[[X]], %[[T]] ignore_index 0
// CHECK-NEXT: return %[[LOSS]]
func.func @from_primitives(%x: tensor<4x16xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
  %p = tern.softmax %x : tensor<4x16xf32>
  %l = tern.log %p : tensor<4x16xf32>
  %loss = tern.nll %l, %targets ignore_index 0 : tensor<4x16xf32>, tensor<4xi32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @tied_linear
// CHECK-SAME: %[[X:.*]]: tensor<2x4x8xf32>, %[[W:.*]]: tensor<16x8xf32>, %[[T:.*]]: tensor<2x4xi32>
// CHECK-NEXT: %[[LOSS:.*]] = tern.linear_cross_entropy %[[X]], %[[W]], %[[T]]
// CHECK-NEXT: return %[[LOSS]]
func.func @tied_linear(%x: tensor<2x4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<2x4xi32>) -> tensor<f32> {
  %logits = tern.linear %x tied %w : tensor<2x4x8xf32>, tensor<16x8xf32>
  %loss = tern.cross_entropy %logits, %targets : tensor<2x4x16xf32>, tensor<2x4xi32>
  return %loss : tensor<f32>
}

// The whole chain: a product, flattened, log_softmax, nll.
// CHECK-LABEL: func @flattened_product
// CHECK-SAME: %[[X:.*]]: tensor<2x4x8xf32>, %[[W:.*]]: tensor<16x8xf32>, %[[T:.*]]: tensor<8xi32>
// CHECK-NEXT: %[[ROWS:.*]] = tern.reshape %[[X]] to [8, 8]
// CHECK-NEXT: %[[LOSS:.*]] = tern.linear_cross_entropy %[[ROWS]], %[[W]], %[[T]]
// CHECK-NEXT: return %[[LOSS]]
func.func @flattened_product(%x: tensor<2x4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<8xi32>) -> tensor<f32> {
  %logits = tern.matmul %x, %w transpose_b : tensor<2x4x8xf32>, tensor<16x8xf32>
  %flat = tern.reshape %logits to [8, 16] : tensor<2x4x16xf32>
  %l = tern.log_softmax %flat : tensor<8x16xf32>
  %loss = tern.nll %l, %targets : tensor<8x16xf32>, tensor<8xi32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @keep_logits_that_are_read
// CHECK-NOT: linear_cross_entropy
func.func @keep_logits_that_are_read(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<4xi32>) -> (tensor<f32>, tensor<4x16xf32>) {
  %logits = tern.linear %x tied %w : tensor<4x8xf32>, tensor<16x8xf32>
  // SAYS: mlir:[[# @LINE + 1]]:11: remark: [missed] raise-cross-entropy: not raised: somebody else reads the logits
  %loss = tern.cross_entropy %logits, %targets : tensor<4x16xf32>, tensor<4xi32>
  return %loss, %logits : tensor<f32>, tensor<4x16xf32>
}

// CHECK-LABEL: func @keep_weight_of_other_layout
// CHECK-NOT: linear_cross_entropy
func.func @keep_weight_of_other_layout(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
  %logits = tern.linear %x weight %w : tensor<4x8xf32>, tensor<8x16xf32>
  // SAYS: mlir:[[# @LINE + 1]]:11: remark: [missed] raise-cross-entropy: not raised: the logits are not x W^T with W stored (V, C)
  %loss = tern.cross_entropy %logits, %targets : tensor<4x16xf32>, tensor<4xi32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @keep_softmax_over_another_dimension
// CHECK: tern.log_softmax %{{.*}} dim 0
// CHECK: tern.nll
func.func @keep_softmax_over_another_dimension(%x: tensor<4x16xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
  %p = tern.softmax %x dim 0 : tensor<4x16xf32>
  %l = tern.log %p : tensor<4x16xf32>
  // SAYS: mlir:[[# @LINE + 1]]:11: remark: [missed] raise-cross-entropy: not raised: does not read a log_softmax over the last dimension
  %loss = tern.nll %l, %targets : tensor<4x16xf32>, tensor<4xi32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @keep_softmax_that_is_read
// CHECK-NOT: log_softmax
func.func @keep_softmax_that_is_read(%x: tensor<4x16xf32>) -> (tensor<4x16xf32>, tensor<4x16xf32>) {
  %p = tern.softmax %x : tensor<4x16xf32>
  // SAYS: mlir:[[# @LINE + 1]]:8: remark: [missed] raise-cross-entropy: not raised: somebody else reads the softmax
  %l = tern.log %p : tensor<4x16xf32>
  return %l, %p : tensor<4x16xf32>, tensor<4x16xf32>
}

// CHECK-LABEL: func @keep_other_classes
// CHECK-NOT: linear_cross_entropy
func.func @keep_other_classes(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<8xi32>) -> tensor<f32> {
  %logits = tern.linear %x tied %w : tensor<4x8xf32>, tensor<16x8xf32>
  %halves = tern.reshape %logits to [8, 8] : tensor<4x16xf32>
  // SAYS: mlir:[[# @LINE + 1]]:11: remark: [missed] raise-cross-entropy: not raised: the reshape before it changes the classes
  %loss = tern.cross_entropy %halves, %targets : tensor<8x8xf32>, tensor<8xi32>
  return %loss : tensor<f32>
}

// What the loss says of its targets it says of the product too.
// CHECK-LABEL: func @label_smoothing
// CHECK: tern.linear_cross_entropy %{{.*}} ignore_index 0 label_smoothing 1.000000e-01
func.func @label_smoothing(%x: tensor<6x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<6xi32>) -> tensor<f32> {
  %logits = tern.linear %x tied %w : tensor<6x8xf32>, tensor<16x8xf32>
  %loss = tern.cross_entropy %logits, %targets ignore_index 0 label_smoothing 0.1 : tensor<6x16xf32>, tensor<6xi32>
  return %loss : tensor<f32>
}

// CHECK-LABEL: func @no_smoothing_of_nll
// CHECK: tern.cross_entropy %{{.*}}, %{{.*}} : tensor<6x16xf32>, tensor<6xi32>
func.func @no_smoothing_of_nll(%logits: tensor<6x16xf32>, %targets: tensor<6xi32>) -> tensor<f32> {
  %probabilities = tern.log_softmax %logits : tensor<6x16xf32>
  %loss = tern.nll %probabilities, %targets : tensor<6x16xf32>, tensor<6xi32>
  return %loss : tensor<f32>
}
