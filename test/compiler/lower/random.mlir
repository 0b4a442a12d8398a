// Random numbers are integer arithmetic on the key and the row-major index of the element.
// RUN: tern-opt %s --tern-lower-to-linalg -canonicalize | FileCheck %s

// CHECK-LABEL: func @key
// CHECK: linalg.generic {{.*}} iterator_types = []}
// CHECK: arith.xori
// CHECK: arith.ori
func.func @key(%seed: tensor<i64>, %step: tensor<i64>, %microbatch: tensor<i64>) -> tensor<i64> {
  %key = tern.random_key %seed, %step, %microbatch site "h"
  return %key : tensor<i64>
}

// CHECK-LABEL: func @dropout
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>, %[[KEY:.*]]: tensor<i64>
// CHECK-DAG: %[[WIDTH:.*]] = arith.constant 3 : i64
// CHECK-DAG: %[[THRESHOLD:.*]] = arith.constant 4194304 : i64
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[KEY]] : tensor<2x3xf32>, tensor<i64>)
// CHECK: linalg.index 0
// CHECK: linalg.index 1
// CHECK: arith.muli %{{.*}}, %[[WIDTH]]
// CHECK: arith.cmpi uge, %{{.*}}, %[[THRESHOLD]] : i64
// CHECK: arith.select
func.func @dropout(%x: tensor<2x3xf32>, %key: tensor<i64>) -> tensor<2x3xf32> {
  %y = tern.dropout %x rate 0.25 key %key : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func @normal
// CHECK: math.log
// CHECK: math.sqrt
// CHECK: math.cos
func.func @normal(%key: tensor<i64>) -> tensor<2x3xf32> {
  %y = tern.normal [2, 3] std 0.02 key %key : f32
  return %y : tensor<2x3xf32>
}
