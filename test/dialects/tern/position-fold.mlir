// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @turned_and_turned_back(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x4x8xf32>
// CHECK-NEXT: return %[[X]]
func.func @turned_and_turned_back(%x: tensor<2x4x8xf32>, %p: tensor<i32>) -> tensor<2x4x8xf32> {
  %y = tern.rope %x heads 2 half_split theta 500.0 position(%p : tensor<i32>) : tensor<2x4x8xf32>
  %z = tern.rope %y heads 2 half_split theta 500.0 inverse position(%p : tensor<i32>) : tensor<2x4x8xf32>
  return %z : tensor<2x4x8xf32>
}

// CHECK-LABEL: func.func @back_from_elsewhere(
// CHECK-COUNT-6: tern.rope
func.func @back_from_elsewhere(%x: tensor<2x4x8xf32>, %p: tensor<i32>) -> tensor<2x4x8xf32> {
  %y = tern.rope %x heads 2 half_split theta 500.0 : tensor<2x4x8xf32>
  %z = tern.rope %y heads 2 half_split theta 501.0 inverse : tensor<2x4x8xf32>
  %u = tern.rope %z heads 2 half_split position(%p : tensor<i32>) : tensor<2x4x8xf32>
  %v = tern.rope %u heads 2 half_split inverse : tensor<2x4x8xf32>
  %a = tern.rope %v heads 2 interleaved : tensor<2x4x8xf32>
  %b = tern.rope %a heads 2 interleaved : tensor<2x4x8xf32>
  return %b : tensor<2x4x8xf32>
}
