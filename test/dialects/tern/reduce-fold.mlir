// A reduction over dimensions of extent 1 that are kept is its operand.
// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @nothing_to_reduce
// CHECK-SAME: %[[X:.*]]: tensor<2x1xf32>, %[[N:.*]]: tensor<f32>
// CHECK-NEXT: return %[[X]], %[[X]], %[[N]]
func.func @nothing_to_reduce(%x: tensor<2x1xf32>, %n: tensor<f32>) -> (tensor<2x1xf32>, tensor<2x1xf32>, tensor<f32>) {
  %a = tern.sum %x dims [1] keep_dims : tensor<2x1xf32>
  %b = tern.mean %x dims [1] keep_dims : tensor<2x1xf32>
  %c = tern.max %n : tensor<f32>
  return %a, %b, %c : tensor<2x1xf32>, tensor<2x1xf32>, tensor<f32>
}
