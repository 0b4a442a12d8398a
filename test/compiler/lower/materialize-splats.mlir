// RUN: tern-opt %s -tern-materialize-splats | FileCheck %s

// CHECK-LABEL: func.func @large_constant_is_a_fill(
// CHECK: %[[NUMBER:.*]] = arith.constant 2.500000e+00 : f32
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<64x32xf32>
// CHECK: linalg.fill ins(%[[NUMBER]] : f32) outs(%[[EMPTY]] : tensor<64x32xf32>)
func.func @large_constant_is_a_fill() -> tensor<64x32xf32> {
  %c = arith.constant dense<2.5> : tensor<64x32xf32>
  return %c : tensor<64x32xf32>
}

// CHECK-LABEL: func.func @scalars_and_data_stay(
// CHECK-NOT: linalg.fill
func.func @scalars_and_data_stay() -> (tensor<f32>, tensor<2xf32>) {
  %c = arith.constant dense<2.5> : tensor<f32>
  %d = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %c, %d : tensor<f32>, tensor<2xf32>
}
