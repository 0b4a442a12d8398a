// A dropout that drops nothing is its operand.
// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @no_dropout
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
// CHECK-NEXT: return %[[X]]
func.func @no_dropout(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tern.dropout %x rate 0.0 : tensor<4xf32>
  return %y : tensor<4xf32>
}
