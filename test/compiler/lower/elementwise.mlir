// An elementwise op is one linalg.generic: broadcasting is in the maps, constants are in the body.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize | FileCheck %s

// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[LAST:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[FIRST:.*]] = affine_map<(d0, d1) -> (d0)>

// CHECK-LABEL: func @missing_dimension
// CHECK-SAME: %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<3xf32>
// CHECK: linalg.generic {indexing_maps = [#[[ALL]], #[[LAST]], #[[ALL]]], iterator_types = ["parallel", "parallel"]} ins(%[[A]], %[[B]] : tensor<2x3xf32>, tensor<3xf32>)
// CHECK: arith.addf
func.func @missing_dimension(%a: tensor<2x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %y = tern.add %a, %b : tensor<2x3xf32>, tensor<3xf32>
  return %y : tensor<2x3xf32>
}

// An extent of 1 that repeats is a view of one dimension less.
// CHECK-LABEL: func @extent_of_one
// CHECK-SAME: %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<2x1xf32>
// CHECK: %[[VIEW:.*]] = tensor.collapse_shape %[[B]] {{\[}}[0, 1]] : tensor<2x1xf32> into tensor<2xf32>
// CHECK: linalg.generic {indexing_maps = [#[[ALL]], #[[FIRST]], #[[ALL]]], {{.*}}} ins(%[[A]], %[[VIEW]]
func.func @extent_of_one(%a: tensor<2x3xf32>, %b: tensor<2x1xf32>) -> tensor<2x3xf32> {
  %y = tern.mul %a, %b : tensor<2x3xf32>, tensor<2x1xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func @constant
// CHECK-SAME: %[[A:.*]]: tensor<2x3xf32>
// CHECK: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK: linalg.generic {{.*}} ins(%[[A]] : tensor<2x3xf32>)
// CHECK: arith.mulf %{{.*}}, %[[HALF]] : f32
func.func @constant(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %half = arith.constant dense<0.5> : tensor<f32>
  %y = tern.mul %a, %half : tensor<2x3xf32>, tensor<f32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func @functions
// CHECK: math.exp
// CHECK: math.log
// CHECK: math.sqrt
// CHECK: math.rsqrt
// CHECK: math.tanh
// CHECK: math.erf
// CHECK: math.absf
// CHECK: math.sin
// CHECK: math.cos
// CHECK: math.powf
func.func @functions(%a: tensor<3xf32>) -> tensor<3xf32> {
  %b = tern.exp %a : tensor<3xf32>
  %c = tern.log %b : tensor<3xf32>
  %d = tern.sqrt %c : tensor<3xf32>
  %e = tern.rsqrt %d : tensor<3xf32>
  %f = tern.tanh %e : tensor<3xf32>
  %g = tern.erf %f : tensor<3xf32>
  %h = tern.abs %g : tensor<3xf32>
  %i = tern.sin %h : tensor<3xf32>
  %j = tern.cos %i : tensor<3xf32>
  %k = tern.pow %j exponent 1.5 : tensor<3xf32>
  return %k : tensor<3xf32>
}

// A small integer as exponent is a few multiplications.
// CHECK-LABEL: func @fifth_power
// CHECK-NOT: math.powf
// CHECK-COUNT-3: arith.mulf
// CHECK-NOT: arith.mulf
// CHECK: return
func.func @fifth_power(%a: tensor<3xf32>) -> tensor<3xf32> {
  %y = tern.pow %a exponent 5.0 : tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func @prelu
// CHECK-COUNT-1: linalg.generic
// CHECK: arith.select
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @prelu(%a: tensor<2x3xf32>, %slope: tensor<3xf32>) -> tensor<2x3xf32> {
  %y = tern.prelu %a slope %slope : tensor<2x3xf32>, tensor<3xf32>
  return %y : tensor<2x3xf32>
}

// A gradient with a common subexpression is one pass over memory.
// CHECK-LABEL: func @gelu_grad
// CHECK-COUNT-1: linalg.generic
// CHECK-COUNT-1: math.exp
// CHECK-NOT: {{linalg.generic|math.exp}}
// CHECK: return
func.func @gelu_grad(%x: tensor<3xf32>, %dy: tensor<3xf32>) -> tensor<3xf32> {
  %dx = tern.gelu_grad %x, %dy tanh : tensor<3xf32>
  return %dx : tensor<3xf32>
}
