// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @zero_state(
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<2x8xf32>
// CHECK-NEXT: return %[[ZERO]]
func.func @zero_state(%x: tensor<2x5x4xf32>) -> tensor<2x8xf32> {
  %z = tern.zero_state %x size 8 : tensor<2x5x4xf32>
  return %z : tensor<2x8xf32>
}

// One choice per element, by the length of its row.
// CHECK-LABEL: func.func @valid_rows(
// CHECK: linalg.generic
// CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<2x8xf32>, tensor<2xi32>, tensor<i64>, tensor<2x8xf32>)
// CHECK: ^bb0(%[[X:.*]]: f32, %[[N:.*]]: i32, %[[T:.*]]: i64, %[[OTHER:.*]]: f32, %{{.*}}: f32):
// CHECK: %[[LENGTH:.*]] = arith.extsi %[[N]] : i32 to i64
// CHECK: %[[THERE:.*]] = arith.cmpi slt, %[[T]], %[[LENGTH]] : i64
// CHECK: arith.select %[[THERE]], %[[X]], %[[OTHER]] : f32
func.func @valid_rows(%x: tensor<2x8xf32>, %old: tensor<2x8xf32>, %t: tensor<i64>, %n: tensor<2xi32>) -> tensor<2x8xf32> {
  %y = tern.valid_rows %x step %t lengths %n else %old : tensor<2x8xf32>, tensor<2xi32>, tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @padding_mask(
// CHECK: linalg.generic
// CHECK-SAME: ins(%{{.*}}, %{{.*}} : tensor<2x3x8xf32>, tensor<2xi32>)
// CHECK: ^bb0(%[[X:.*]]: f32, %[[N:.*]]: i32, %{{.*}}: f32):
// CHECK-DAG: %[[FILL:.*]] = arith.constant 0xFF800000 : f32
// CHECK-DAG: %[[S:.*]] = linalg.index 2 : index
// CHECK-DAG: %[[PLACE:.*]] = arith.index_cast %[[S]] : index to i32
// CHECK: %[[THERE:.*]] = arith.cmpi slt, %[[PLACE]], %[[N]] : i32
// CHECK: arith.select %[[THERE]], %[[X]], %[[FILL]] : f32
func.func @padding_mask(%x: tensor<2x3x8xf32>, %n: tensor<2xi32>) -> tensor<2x3x8xf32> {
  %y = tern.padding_mask %x lengths %n : tensor<2x3x8xf32>, tensor<2xi32>
  return %y : tensor<2x3x8xf32>
}
