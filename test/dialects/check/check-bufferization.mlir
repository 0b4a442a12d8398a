// A check reads buffers; the tensors it compares are not copied for it.
// RUN: tern-opt %s -one-shot-bufferize=bufferize-function-boundaries | FileCheck %s

// CHECK-LABEL: func @compare
// CHECK-SAME: %[[A:.*]]: memref<4xf32, {{.*}}>, %[[B:.*]]: memref<4xf32, {{.*}}>
// CHECK-NEXT: check.almost_equal %[[A]], %[[B]] rtol 1.000000e-03 : memref<4xf32
// CHECK-NEXT: check.equal %[[B]], %[[A]] : memref<4xf32
// CHECK-NEXT: return
func.func @compare(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  check.almost_equal %a, %b rtol 1.0e-3 : tensor<4xf32>
  check.equal %b, %a : tensor<4xf32>
  return
}
