// RUN: tern-opt %s -split-input-file -tern-expose-taps | FileCheck %s

// CHECK-LABEL: func.func @forward(
// CHECK-SAME: -> (tensor<4xf32>, tensor<4xf32> {tern.role = "first"}, tensor<4x3xf32> {tern.role = "each"})
// CHECK: %[[A:.*]] = tern.tanh
// CHECK: %[[L:.*]]:2 = tern.layers 3
// CHECK: %[[B:.*]] = tern.exp
// CHECK: tern.yield %{{.*}}, %[[B]]
// CHECK: %[[EACH:.*]] = tern.transpose %[[L]]#1
// CHECK: return %[[L]]#0, %[[A]], %[[EACH]]
func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = tern.tanh %x {tern.tap = "first"} : tensor<4xf32>
  %y = tern.layers 3 (%h = %a) : tensor<4xf32> {
    %b = tern.exp %h {tern.tap = "each"} : tensor<4xf32>
    %c = tern.neg %b : tensor<4xf32>
    tern.yield %c : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// Steps stand where the sequences have them.
// CHECK-LABEL: func.func @forward(
// CHECK-SAME: -> (tensor<2x4xf32>, tensor<2x5x4xf32> {tern.role = "states"})
// CHECK: %[[R:.*]]:2 = tern.scan
// CHECK: %[[Y:.*]] = tern.add
// CHECK: tern.yield %[[Y]], %[[Y]]
// CHECK-NOT: tern.transpose
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @forward(%h0: tensor<2x4xf32>, %xs: tensor<2x5x4xf32>) -> tensor<2x4xf32> {
  %last = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x4xf32>, tensor<2x5x4xf32> {
    %y = tern.add %h, %x {tern.tap = "states"} : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %y : tensor<2x4xf32>
  }
  return %last : tensor<2x4xf32>
}
