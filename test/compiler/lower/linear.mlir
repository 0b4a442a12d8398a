// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @linear_is_a_contraction_with_its_bias(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x4x8xf32>, %[[W:[a-z0-9]+]]: tensor<8x16xf32>, %[[B:[a-z0-9]+]]: tensor<16xf32>
// CHECK: %[[ROWS:.*]] = tensor.collapse_shape %[[X]] {{\[\[}}0, 1], [2]]
// CHECK: %[[Y:.*]] = tern_kernel.contract init(zero) ins(%[[ROWS]], %[[W]] : {{.*}}) extras(%[[B]] : tensor<16xf32>)
// CHECK: arith.addf
// CHECK: tensor.expand_shape %[[Y]]
func.func @linear_is_a_contraction_with_its_bias(%x: tensor<2x4x8xf32>, %w: tensor<8x16xf32>, %b: tensor<16xf32>) -> tensor<2x4x16xf32> {
  %y = tern.linear %x weight %w bias %b : tensor<2x4x8xf32>, tensor<8x16xf32>, tensor<16xf32>
  return %y : tensor<2x4x16xf32>
}

// CHECK-LABEL: func.func @tied_weight_is_read_transposed(
// CHECK: tern_kernel.contract transpose_b init(zero)
func.func @tied_weight_is_read_transposed(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>) -> tensor<4x16xf32> {
  %y = tern.linear %x tied %w : tensor<4x8xf32>, tensor<16x8xf32>
  return %y : tensor<4x16xf32>
}

// CHECK-LABEL: func.func @batch_is_a_loop(
// CHECK: scf.for
// CHECK: tern_kernel.contract transpose_a init(zero)
func.func @batch_is_a_loop(%a: tensor<3x8x4xf32>, %b: tensor<3x8x5xf32>) -> tensor<3x4x5xf32> {
  %y = tern.matmul %a, %b transpose_a : tensor<3x8x4xf32>, tensor<3x8x5xf32>
  return %y : tensor<3x4x5xf32>
}

// CHECK-LABEL: func.func @embedding_gathers_and_scatters(
// CHECK-SAME: %[[OLD:[a-z0-9]+]]: tensor<10x8xf32>
// CHECK: tern_kernel.gather
// CHECK: tern_kernel.scatter_add {{.*}} outs(%[[OLD]] : tensor<10x8xf32>)
func.func @embedding_gathers_and_scatters(%w: tensor<10x8xf32>, %t: tensor<4xi32>) -> tensor<10x8xf32> {
  %x = tern.embedding %t, %w : tensor<4xi32>, tensor<10x8xf32>
  %y = tern.embedding_grad %t, %x rows 10 onto %w : tensor<4xi32>, tensor<4x8xf32>, tensor<10x8xf32>
  return %y : tensor<10x8xf32>
}
