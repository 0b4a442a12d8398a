// RUN: tern-opt %s -tern-count-cost | FileCheck %s

// 2 * 2 * 4 * 8 of the product, 16 of the tanh. Traffic: 8 + 32 elements in, 16 out, four bytes each.
// CHECK-LABEL: func.func @product_and_elementwise(
// CHECK-SAME: tern.bytes = 224 : i64, tern.flops = 144 : i64
func.func @product_and_elementwise(%x: tensor<2x4xf32>, %w: tensor<4x8xf32>) -> tensor<2x8xf32> {
  %y = tern.linear %x weight %w : tensor<2x4xf32>, tensor<4x8xf32>
  %z = tern.tanh %y : tensor<2x8xf32>
  return %z : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @layers_repeat(
// CHECK-SAME: tern.flops = 24 : i64
func.func @layers_repeat(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = tern.layers 3 (%h = %x) : tensor<8xf32> {
    %z = tern.tanh %h : tensor<8xf32>
    tern.yield %z : tensor<8xf32>
  }
  return %y : tensor<8xf32>
}

// Of a cache all rows are read and few are written: it counts once.
// CHECK-LABEL: func.func @step(
// CHECK-SAME: tern.bytes = 4232 : i64
func.func @step(%c: tensor<2x64x8xf32> {tern.variable = "cache:key"}, %k: tensor<2x1x8xf32>, %p: tensor<2xi32>)
    -> (tensor<2x1x8xf32>, tensor<2x64x8xf32> {tern.updates = "cache:key"}) attributes {tern.entry = "decode"} {
  %y = tern.cache_write %c, %k position %p count %p : tensor<2x64x8xf32>, tensor<2x1x8xf32>, tensor<2xi32>
  return %k, %y : tensor<2x1x8xf32>, tensor<2x64x8xf32>
}
