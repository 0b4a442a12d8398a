// RUN: tern-opt %s -tern-derive-init | FileCheck %s

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
