// The running sum of one element is that element, unless it is exclusive.
// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @one_element
// CHECK-SAME: %[[X:.*]]: tensor<4x1x3xf32>
// CHECK-NEXT: return %[[X]]
func.func @one_element(%x: tensor<4x1x3xf32>) -> tensor<4x1x3xf32> {
  %y = tern.cumsum %x dim 1 reverse : tensor<4x1x3xf32>
  return %y : tensor<4x1x3xf32>
}

// CHECK-LABEL: func @nothing_before_it
// CHECK: tern.cumsum
func.func @nothing_before_it(%x: tensor<4x1x3xf32>) -> tensor<4x1x3xf32> {
  %y = tern.cumsum %x dim 1 exclusive : tensor<4x1x3xf32>
  return %y : tensor<4x1x3xf32>
}
