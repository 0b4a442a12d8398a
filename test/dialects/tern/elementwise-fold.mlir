// Constants fold, and neutral operands disappear where they do not widen the shape.
// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @neutral_operands
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]]
func.func @neutral_operands(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<3xf32>
  %sum = tern.add %zero, %x : tensor<f32>, tensor<2x3xf32>
  %difference = tern.sub %x, %zero : tensor<2x3xf32>, tensor<f32>
  %product = tern.mul %x, %one : tensor<2x3xf32>, tensor<3xf32>
  %quotient = tern.div %x, %one : tensor<2x3xf32>, tensor<3xf32>
  return %sum, %difference, %product, %quotient : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func @keep_one_that_widens
// CHECK: tern.mul
func.func @keep_one_that_widens(%x: tensor<3xf32>) -> tensor<2x3xf32> {
  %one = arith.constant dense<1.0> : tensor<2x3xf32>
  %y = tern.mul %x, %one : tensor<3xf32>, tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// 0 x is not 0 where x is infinite.
// CHECK-LABEL: func @keep_product_with_zero
// CHECK: tern.mul
func.func @keep_product_with_zero(%x: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %y = tern.mul %x, %zero : tensor<3xf32>, tensor<f32>
  return %y : tensor<3xf32>
}

// (3 + 1) / 8 = 0.5; relu(-0.5) = 0.
// CHECK-LABEL: func @constants
// CHECK-DAG: %[[HALF:.*]] = arith.constant dense<5.000000e-01> : tensor<2x2xf64>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<2x2xf64>
// CHECK: return %[[HALF]], %[[ZERO]]
func.func @constants() -> (tensor<2x2xf64>, tensor<2x2xf64>) {
  %three = arith.constant dense<3.0> : tensor<2x2xf64>
  %one = arith.constant dense<1.0> : tensor<f64>
  %eight = arith.constant dense<8.0> : tensor<2xf64>
  %four = tern.add %three, %one : tensor<2x2xf64>, tensor<f64>
  %half = tern.div %four, %eight : tensor<2x2xf64>, tensor<2xf64>
  %negative = tern.neg %half : tensor<2x2xf64>
  %zero = tern.relu %negative : tensor<2x2xf64>
  return %half, %zero : tensor<2x2xf64>, tensor<2x2xf64>
}
