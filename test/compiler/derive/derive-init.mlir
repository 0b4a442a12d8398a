// RUN: tern-opt %s -split-input-file -tern-derive-init | FileCheck %s

// CHECK-LABEL: func.func @init(
// CHECK-SAME: %[[SEED:.*]]: tensor<i64> {tern.role = "seed"}
// CHECK-SAME: tensor<4x8xf32> {tern.parameter = {{.*}}, tern.variable = "parameter:w"}
// CHECK-SAME: -> (tensor<4x8xf32> {tern.updates = "parameter:w"}, tensor<8xf32> {tern.updates = "parameter:b"}, tensor<8xf32> {tern.updates = "parameter:r"})
// CHECK: %[[KEY:.*]] = tern.random_key %[[SEED]], %{{.*}}, %{{.*}} site "w"
// CHECK: %[[W:.*]] = tern.normal [4, 8] std 2.000000e-02 key %[[KEY]] : f32
// CHECK: %[[B:.*]] = arith.constant dense<1.000000e+00> : tensor<8xf32>
// CHECK: %[[R:.*]] = tern.normal [8] std 5.000000e-03
// CHECK: return %[[W]], %[[B]], %[[R]]
func.func @forward(%w: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "w", layers = 0, first_layer = 0, init = <"normal", [2.000000e-02]>, trainable = true>},
                   %b: tensor<8xf32> {tern.parameter = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>},
                   %r: tensor<8xf32> {tern.parameter = #tern.parameter<name = "r", layers = 0, first_layer = 0, init = <"residual_normal", [2.000000e-02, 16]>, trainable = true>}) {
  return
}

// -----

// Parts start as they would alone: each from its own site, counted by its own shape.
// CHECK-LABEL: func.func @init(
// CHECK: site "h.{i}.q"
// CHECK: %[[Q:.*]] = tern.normal [3, 4, 8] std 2.000000e-02
// CHECK: %[[K:.*]] = arith.constant dense<1.000000e+00> : tensor<3x2x8xf32>
// CHECK: %[[QK:.*]] = tern.concat %[[Q]], %[[K]] dim 1
// CHECK: return %[[QK]]
func.func @forward(%w: tensor<3x6x8xf32> {tern.parameter = #tern.parameter<name = "h.{i}.q|h.{i}.k", layers = 3, first_layer = 0, trainable = true,
                   parts = <name = "h.{i}.q", rows = 4, init = <"normal", [2.000000e-02]>>, <name = "h.{i}.k", rows = 2, init = <"ones", []>>>}) {
  return
}
