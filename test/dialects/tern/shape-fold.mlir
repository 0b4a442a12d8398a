// Shape ops that change nothing disappear, and two in a row become one.
// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @nothing_changes
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
func.func @nothing_changes(%x: tensor<2x3xf32>)
    -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %a = tern.reshape %x to [0, -1] : tensor<2x3xf32>
  %b = tern.transpose %x [0, 1] : tensor<2x3xf32>
  %c = tern.slice %x offsets [0, 0] sizes [-1, 3] : tensor<2x3xf32>
  %d = tern.concat %x dim 0 : tensor<2x3xf32>
  %e = tern.broadcast %x to [2, 3] : tensor<2x3xf32>
  return %a, %b, %c, %d, %e : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func @two_become_one
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>
// CHECK-NEXT: %[[RESHAPED:.*]] = tern.reshape %[[X]] to [4, 6]
// CHECK-NEXT: %[[TURNED:.*]] = tern.transpose %[[X]] [2, 0, 1]
// CHECK-NEXT: return %[[RESHAPED]], %[[TURNED]]
func.func @two_become_one(%x: tensor<2x3x4xf32>) -> (tensor<4x6xf32>, tensor<4x2x3xf32>) {
  %flat = tern.reshape %x to [-1] : tensor<2x3x4xf32>
  %reshaped = tern.reshape %flat to [4, -1] : tensor<24xf32>
  %first = tern.transpose %x [0, 2, 1] : tensor<2x3x4xf32>
  %turned = tern.transpose %first [1, 0, 2] : tensor<2x4x3xf32>
  return %reshaped, %turned : tensor<4x6xf32>, tensor<4x2x3xf32>
}

// CHECK-LABEL: func @there_and_back
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>
// CHECK-NEXT: return %[[X]], %[[X]]
func.func @there_and_back(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %flat = tern.reshape %x to [6, 4] : tensor<2x3x4xf32>
  %back = tern.reshape %flat to [2, 3, 4] : tensor<6x4xf32>
  %turned = tern.transpose %x [1, 2, 0] : tensor<2x3x4xf32>
  %returned = tern.transpose %turned [2, 0, 1] : tensor<3x4x2xf32>
  return %back, %returned : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

// With dynamic extents the same type does not mean the same shape.
// CHECK-LABEL: func @keep_dynamic
// CHECK: tern.reshape
func.func @keep_dynamic(%x: tensor<?x?xf32>) -> tensor<?x6xf32> {
  %y = tern.reshape %x to [-1, 6] : tensor<?x?xf32>
  return %y : tensor<?x6xf32>
}

// CHECK-LABEL: func @constants
// CHECK-NEXT: %[[C:.*]] = arith.constant dense<1.000000e+00> : tensor<2x3xf32>
// CHECK-NEXT: return %[[C]]
func.func @constants() -> tensor<2x3xf32> {
  %one = arith.constant dense<1.0> : tensor<3x1xf32>
  %turned = tern.transpose %one [1, 0] : tensor<3x1xf32>
  %y = tern.broadcast %turned to [2, 3] : tensor<1x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func @no_margin
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT: return %[[X]]
func.func @no_margin(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = tern.pad %x low [0, 0] high [0, 0] value 3.0 : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
