// What is kept or computed again for the backward pass, and what has no gradient, is said where the model says it.
// RUN: tern-opt %s --tern-differentiate --remarks=differentiate -o %t 2>&1 | FileCheck %s --implicit-check-not=recomputed
// RUN: tern-opt %s --tern-differentiate=remat=layer --remarks=differentiate -o %t 2>&1 | FileCheck %s --check-prefix=AGAIN --implicit-check-not=tanh

#used = #tern.parameter<name = "used", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
#unused = #tern.parameter<name = "unused", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>

// CHECK: [[#@LINE+6]]:10: remark: [analysis] differentiate: kept: 48 bytes for the backward pass of 3 layers
// CHECK-NEXT: tern.tanh
// AGAIN: [[#@LINE+3]]:8: remark: [analysis] differentiate: recomputed: 2 ops of each layer, in the backward pass
// AGAIN: remark: [analysis] differentiate: kept: 48 bytes for the backward pass of 3 layers
func.func @loss(%x: tensor<4xf32> {tern.parameter = #used}) -> tensor<f32> attributes {tern.differentiate} {
  %y = tern.layers 3 (%h = %x) : tensor<4xf32> {
    %t = tern.tanh %h : tensor<4xf32>
    %e = tern.add %t, %h : tensor<4xf32>, tensor<4xf32>
    tern.yield %e : tensor<4xf32>
  }
  %s = tern.sum %y : tensor<4xf32>
  return %s : tensor<f32>
}

// CHECK: [[#@LINE+1]]:61: remark: [missed] differentiate: not differentiated: parameter "unused" does not reach the loss: its gradient is zero
func.func @idle(%x: tensor<4xf32> {tern.parameter = #used}, %y: tensor<4xf32> {tern.parameter = #unused}) -> tensor<f32> attributes {tern.differentiate} {
  %s = tern.sum %x : tensor<4xf32>
  return %s : tensor<f32>
}
