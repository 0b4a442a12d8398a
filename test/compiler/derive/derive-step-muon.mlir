// Muon moves the matrices of layers; tables, heads, kernels and vectors are AdamW's.
// RUN: tern-opt %s -tern-derive-step=optimizer=muon | FileCheck %s

#layer = #tern.parameter<name = "h.{i}.w", layers = 2, first_layer = 0, init = <"zeros", []>, trainable = true>
#bias = #tern.parameter<name = "h.{i}.b", layers = 2, first_layer = 0, init = <"zeros", []>, trainable = true>
#kernel = #tern.parameter<name = "h.{i}.k", layers = 2, first_layer = 0, init = <"zeros", []>, trainable = true>
#table = #tern.parameter<name = "wte", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>

// CHECK: module attributes {tern.optimizer = "muon", tern.states = ["m", "v"]}
// CHECK-LABEL: func.func @update(
// CHECK-SAME: {tern.variable = "state0:h.{i}.w"}
// CHECK-NOT: {tern.variable = "state1:h.{i}.w"}
// CHECK-SAME: {tern.variable = "state1:h.{i}.b"}
// CHECK-SAME: {tern.variable = "state1:wte"}
// CHECK-SAME: {tern.variable = "state1:h.{i}.k"}
// CHECK: tern.muon {{.*}} : tensor<2x4x8xf32>, tensor<f32>
// CHECK: tern.adamw {{.*}} : tensor<2x8xf32>, tensor<f32>
// CHECK: tern.adamw {{.*}} : tensor<16x4xf32>, tensor<f32>
// CHECK: tern.adamw {{.*}} : tensor<2x3x4x5xf32>, tensor<f32>
func.func @grad(%w: tensor<2x4x8xf32> {tern.parameter = #layer}, %b: tensor<2x8xf32> {tern.parameter = #bias},
                %t: tensor<16x4xf32> {tern.parameter = #table}, %k: tensor<2x3x4x5xf32> {tern.parameter = #kernel},
                %loss: tensor<f32>, %dw: tensor<2x4x8xf32>, %db: tensor<2x8xf32>, %dt: tensor<16x4xf32>, %dk: tensor<2x3x4x5xf32>)
    -> (tensor<f32> {tern.role = "loss"}, tensor<2x4x8xf32> {tern.gradient = 0}, tensor<2x8xf32> {tern.gradient = 1},
        tensor<16x4xf32> {tern.gradient = 2}, tensor<2x3x4x5xf32> {tern.gradient = 3}) {
  return %loss, %dw, %db, %dt, %dk : tensor<f32>, tensor<2x4x8xf32>, tensor<2x8xf32>, tensor<16x4xf32>, tensor<2x3x4x5xf32>
}
