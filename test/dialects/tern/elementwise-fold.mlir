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

// Every function folds on a constant: each to a number of its own.
// CHECK-LABEL: func @functions_of_constants
// CHECK-NOT: tern.
func.func @functions_of_constants() -> (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) {
  %x = arith.constant dense<-2.0> : tensor<2xf64>
  %four = arith.constant dense<4.0> : tensor<2xf64>
  %y = tern.abs %x : tensor<2xf64>
  %z = tern.pow %x exponent 3.0 : tensor<2xf64>
  %s = tern.sqrt %four : tensor<2xf64>
  %r = tern.rsqrt %four : tensor<2xf64>
  %m = tern.minimum %x, %four : tensor<2xf64>, tensor<2xf64>
  // CHECK-DAG: %[[TWO:.*]] = arith.constant dense<2.000000e+00>
  // CHECK-DAG: %[[CUBE:.*]] = arith.constant dense<-8.000000e+00>
  // CHECK-DAG: %[[HALF:.*]] = arith.constant dense<5.000000e-01>
  // CHECK-DAG: %[[MINUS:.*]] = arith.constant dense<-2.000000e+00>
  // CHECK: return %[[TWO]], %[[CUBE]], %[[TWO]], %[[HALF]], %[[MINUS]]
  return %y, %z, %s, %r, %m : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
}

// CHECK-LABEL: func @transcendental_constants
// CHECK-NOT: tern.
// CHECK-DAG: dense<2.718281828459045{{[0-9]*}}>
// CHECK-DAG: dense<0.6931471805599{{[0-9]*}}>
// CHECK-DAG: dense<0.8414709848078{{[0-9]*}}>
// CHECK-DAG: dense<0.5403023058681{{[0-9]*}}>
// CHECK-DAG: dense<0.7615941559557{{[0-9]*}}>
// CHECK-DAG: dense<0.8427007929497{{[0-9]*}}>
// CHECK-DAG: dense<0.7310585786300{{[0-9]*}}>
// CHECK-DAG: dense<0.8413447460685{{[0-9]*}}>
// CHECK: return
func.func @transcendental_constants() -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>,
    tensor<f64>, tensor<f64>, tensor<f64>) {
  %one = arith.constant dense<1.0> : tensor<f64>
  %two = arith.constant dense<2.0> : tensor<f64>
  %exp = tern.exp %one : tensor<f64>
  %log = tern.log %two : tensor<f64>
  %sin = tern.sin %one : tensor<f64>
  %cos = tern.cos %one : tensor<f64>
  %tanh = tern.tanh %one : tensor<f64>
  %erf = tern.erf %one : tensor<f64>
  %sigmoid = tern.sigmoid %one : tensor<f64>
  %silu = tern.silu %one : tensor<f64>
  %gelu = tern.gelu %one : tensor<f64>
  return %exp, %log, %sin, %cos, %tanh, %erf, %sigmoid, %silu, %gelu : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>,
      tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
}

// CHECK-LABEL: func @kinks_of_constants
// CHECK-NOT: tern.
// CHECK-DAG: %[[STEP:.*]] = arith.constant dense<0.000000e+00>
// CHECK-DAG: %[[LEAKY:.*]] = arith.constant dense<-5.000000e-01>
// CHECK-DAG: %[[ELU:.*]] = arith.constant dense<-0.4323323583816{{[0-9]*}}>
// CHECK-DAG: %[[LARGER:.*]] = arith.constant dense<4.000000e+00>
// CHECK: return %[[STEP]], %[[LEAKY]], %[[ELU]], %[[LARGER]]
func.func @kinks_of_constants() -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>) {
  %x = arith.constant dense<-2.0> : tensor<f64>
  %four = arith.constant dense<4.0> : tensor<f64>
  %step = tern.step %x : tensor<f64>
  %leaky = tern.leaky_relu %x slope 0.25 : tensor<f64>
  %elu = tern.elu %x alpha 0.5 : tensor<f64>
  %larger = tern.maximum %x, %four : tensor<f64>, tensor<f64>
  return %step, %leaky, %elu, %larger : tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>
}
