// RUN: tern-opt %s -tern-derive-step | FileCheck %s
// RUN: tern-opt %s -tern-derive-step=optimizer=sgd | FileCheck %s --check-prefix=SGD
// RUN: not tern-opt %s -tern-derive-step=optimizer=lion 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: optimizer 'lion' is not supported; choose adamw, sgd or none

// CHECK: module attributes {tern.optimizer = "adamw", tern.states = ["m", "v"]}
// SGD: module attributes {tern.optimizer = "sgd", tern.states = ["momentum"]}

// CHECK-LABEL: func.func @grad(
// CHECK-SAME: %[[FLAG:[a-z0-9]+]]: tensor<i1> {tern.role = "accumulate"}, %[[OLD:[a-z0-9]+]]: tensor<4x8xf32> {tern.variable = "gradient:w"}
// CHECK-SAME: tensor<4x8xf32> {tern.updates = "gradient:w"}
// CHECK: %[[NEW:.*]] = tern.accumulate %[[OLD]], %{{.*}} if %[[FLAG]] : tensor<4x8xf32>
// CHECK: return %{{.*}}, %[[NEW]], %{{.*}} : tensor<f32>, tensor<4x8xf32>, tensor<8xf32>

// CHECK-LABEL: func.func @update(
// CHECK: %[[NORM:.*]] = tern.global_norm
// CHECK: tern.clip_factor %[[NORM]]
// CHECK: tern.adamw {{.*}} decay %[[MATRIX:[a-z0-9]+]] scale
// CHECK-NOT: decay %[[MATRIX]]
// CHECK: tern.adamw {{.*}} decay %{{[a-z0-9]+}} scale
// SGD: tern.sgd
func.func @grad(%w: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "w", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>},
                %b: tensor<8xf32> {tern.parameter = #tern.parameter<name = "b", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>},
                %loss: tensor<f32>, %dw: tensor<4x8xf32>, %db: tensor<8xf32>)
    -> (tensor<f32> {tern.role = "loss"}, tensor<4x8xf32> {tern.gradient = 0}, tensor<8xf32> {tern.gradient = 1}) {
  return %loss, %dw, %db : tensor<f32>, tensor<4x8xf32>, tensor<8xf32>
}
