// RUN: tern-opt %s -tern-unshare-inits | FileCheck %s

// CHECK-LABEL: func.func @a_fill_for_each_user(
// CHECK-COUNT-2: linalg.fill
// CHECK-NOT: linalg.fill
func.func @a_fill_for_each_user(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  %x = linalg.exp ins(%a : tensor<4xf32>) outs(%fill : tensor<4xf32>) -> tensor<4xf32>
  %y = linalg.log ins(%a : tensor<4xf32>) outs(%fill : tensor<4xf32>) -> tensor<4xf32>
  return %x, %y : tensor<4xf32>, tensor<4xf32>
}
