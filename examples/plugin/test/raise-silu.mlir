// SiLU written from primitives, in either order, becomes the op that owns its gradient.
// RUN: %tern-opt --load-pass-plugin=%raise-silu %s --raise-silu | FileCheck %s
// RUN: %tern-opt --load-pass-plugin=%raise-silu %s --raise-silu --remarks=raise-silu 2>&1 | FileCheck %s --check-prefix=REMARK

// REMARK: raise-silu.mlir:[[# @LINE + 9]]:12: remark: [passed] raise-silu: rewritten

// CHECK-LABEL: func @either_order
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>
// CHECK-NEXT: %[[FIRST:.*]] = tern.silu %[[X]]
// CHECK-NEXT: %[[SECOND:.*]] = tern.silu %[[X]]
// CHECK-NEXT: return %[[FIRST]], %[[SECOND]]
func.func @either_order(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %s = tern.sigmoid %x : tensor<4x8xf32>
  %first = tern.mul %x, %s : tensor<4x8xf32>, tensor<4x8xf32>
  %second = tern.mul %s, %x : tensor<4x8xf32>, tensor<4x8xf32>
  return %first, %second : tensor<4x8xf32>, tensor<4x8xf32>
}

// CHECK-LABEL: func @gate_of_another_value
// CHECK-NOT: tern.silu
func.func @gate_of_another_value(%x: tensor<4x8xf32>, %gate: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %s = tern.sigmoid %gate : tensor<4x8xf32>
  %y = tern.mul %x, %s : tensor<4x8xf32>, tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
