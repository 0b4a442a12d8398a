// Comparisons of constants fold, and a choice whose outcome is known.
// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @comparisons_of_constants
// CHECK-DAG: %[[YES:.*]] = arith.constant dense<1.000000e+00>
// CHECK-DAG: %[[NO:.*]] = arith.constant dense<0.000000e+00>
// CHECK-NOT: tern.
// CHECK: return %[[NO]], %[[YES]], %[[YES]], %[[YES]], %[[NO]], %[[NO]]
func.func @comparisons_of_constants() -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) {
  %two = arith.constant dense<2.0> : tensor<f32>
  %three = arith.constant dense<3.0> : tensor<f32>
  %0 = tern.equal %two, %three : tensor<f32>, tensor<f32>
  %1 = tern.not_equal %two, %three : tensor<f32>, tensor<f32>
  %2 = tern.less %two, %three : tensor<f32>, tensor<f32>
  %3 = tern.less_equal %two, %three : tensor<f32>, tensor<f32>
  %4 = tern.greater %two, %three : tensor<f32>, tensor<f32>
  %5 = tern.greater_equal %two, %three : tensor<f32>, tensor<f32>
  return %0, %1, %2, %3, %4, %5 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
}

// CHECK-LABEL: func @known_choice
// CHECK-SAME: %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<2x3xf32>, %[[C:.*]]: tensor<2x3xi1>
// CHECK-NEXT: return %[[A]], %[[B]], %[[A]], %[[A]]
func.func @known_choice(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>, %c: tensor<2x3xi1>)
    -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %true = arith.constant dense<true> : tensor<i1>
  %zero = arith.constant dense<0.0> : tensor<3xf32>
  %some = arith.constant dense<-0.5> : tensor<f32>
  %0 = tern.where %true, %a, %b : tensor<i1>, tensor<2x3xf32>, tensor<2x3xf32>
  %1 = tern.where %zero, %a, %b : tensor<3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
  %2 = tern.where %some, %a, %b : tensor<f32>, tensor<2x3xf32>, tensor<2x3xf32>
  %3 = tern.where %c, %a, %a : tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>
  return %0, %1, %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func @keep_choice_that_widens
// CHECK: tern.where
func.func @keep_choice_that_widens(%a: tensor<3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %true = arith.constant dense<true> : tensor<i1>
  %y = tern.where %true, %a, %b : tensor<i1>, tensor<3xf32>, tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
