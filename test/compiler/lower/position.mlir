// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @first_rows_of_the_table(
// CHECK: tensor.extract_slice %{{.*}}[0, 0] [4, 8] [1, 1] : tensor<16x8xf32> to tensor<4x8xf32>
// CHECK: linalg.generic
// CHECK: arith.addf
func.func @first_rows_of_the_table(%x: tensor<2x4x8xf32>, %table: tensor<16x8xf32>) -> tensor<2x4x8xf32> {
  %y = tern.position_embedding %x, %table : tensor<2x4x8xf32>, tensor<16x8xf32>
  return %y : tensor<2x4x8xf32>
}
