// RUN: tern-opt %s -tern-expose-taps | FileCheck %s

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
