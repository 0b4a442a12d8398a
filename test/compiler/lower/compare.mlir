// A comparison is one linalg.generic whose body selects 1 or 0; of integers it is the bit. A choice reads all three in one pass.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize | FileCheck %s

// CHECK-LABEL: func @less
// CHECK: linalg.generic
// CHECK: %[[BIT:.*]] = arith.cmpf olt
// CHECK: arith.select %[[BIT]]
func.func @less(%a: tensor<2x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %y = tern.less %a, %b : tensor<2x3xf32>, tensor<3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func @of_integers
// CHECK: linalg.generic
// CHECK: %[[BIT:.*]] = arith.cmpi ne
// CHECK-NEXT: linalg.yield %[[BIT]] : i1
func.func @of_integers(%tokens: tensor<2x3xi32>, %pad: tensor<i32>) -> tensor<2x3xi1> {
  %y = tern.not_equal %tokens, %pad : tensor<2x3xi32>, tensor<i32>
  return %y : tensor<2x3xi1>
}

// CHECK-LABEL: func @where
// CHECK-COUNT-1: linalg.generic
// CHECK: arith.select
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @where(%c: tensor<2x3xi1>, %a: tensor<3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = tern.where %c, %a, %b : tensor<2x3xi1>, tensor<3xf32>, tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Nothing but the lengths is read.
// CHECK-LABEL: func @length_mask
// CHECK-SAME: %[[LENGTHS:.*]]: tensor<2xi32>
// CHECK: linalg.generic {{.*}} ins(%[[LENGTHS]] : tensor<2xi32>)
// CHECK: linalg.index 1
// CHECK: arith.cmpi slt
func.func @length_mask(%lengths: tensor<2xi32>, %x: tensor<2x3x4xf32>) -> tensor<2x3xf32> {
  %y = tern.length_mask %lengths like %x : tensor<2xi32>, tensor<2x3x4xf32>
  return %y : tensor<2x3xf32>
}
