// RUN: tern-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @zero_state(
// CHECK: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<2x16xf32>
// CHECK: return %[[ZERO]]
func.func @zero_state(%x: tensor<2x5x8xf32>) -> tensor<2x16xf32> {
  %z = tern.zero_state %x size 16 : tensor<2x5x8xf32>
  return %z : tensor<2x16xf32>
}

// How many rows is not known yet.
// CHECK-LABEL: func.func @no_fold_dynamic(
// CHECK: tern.zero_state
func.func @no_fold_dynamic(%x: tensor<?x5x8xf32>) -> tensor<?x16xf32> {
  %z = tern.zero_state %x size 16 : tensor<?x5x8xf32>
  return %z : tensor<?x16xf32>
}
