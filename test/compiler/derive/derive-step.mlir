// RUN: tern-opt %s -tern-derive-step | FileCheck %s
// RUN: tern-opt %s -tern-derive-step=optimizer=sgd | FileCheck %s --check-prefix=SGD
// RUN: not tern-opt %s -tern-derive-step=optimizer=madgrad 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// RUN: tern-opt %s -tern-derive-step=optimizer=adafactor | FileCheck %s --check-prefix=ADAFACTOR
// RUN: tern-opt %s -tern-derive-step="optimizer=lion no-decay=w ema" | FileCheck %s --check-prefix=EMA
// RUN: not tern-opt %s -tern-derive-step="no-decay=w,bias*" 2>&1 | FileCheck %s --check-prefix=NOBODY

// UNKNOWN: optimizer 'madgrad' is not supported; choose adamw, adam, sgd, nesterov, lion, adafactor, muon, or none
// NOBODY: error: no-decay 'bias*' names no trained parameter; there is, for one, 'w'

// A matrix keeps a row and a column, a vector its whole second moment.
// ADAFACTOR: module attributes {tern.optimizer = "adafactor", tern.state_shapes = array<i32: 1, 2, 0>, tern.states = ["v_row", "v_column", "v"]}
// ADAFACTOR-LABEL: func.func @update(
// ADAFACTOR-SAME: tensor<4xf32> {tern.variable = "state0:w"}, %{{[a-z0-9]*}}: tensor<8xf32> {tern.variable = "state1:w"}, %{{[a-z0-9]*}}: tensor<8xf32> {tern.variable = "state2:b"}
// ADAFACTOR: tern.adafactor {{.*}} column({{.*}} : tensor<4x8xf32>, tensor<4xf32>, tensor<f32>
// ADAFACTOR: tern.adafactor {{.*}} : tensor<8xf32>, tensor<8xf32>, tensor<f32>

// A parameter that does not decay has a rate of 0; the average is the last state, of the new weights.
// EMA: module attributes {tern.optimizer = "lion", tern.states = ["m", "ema"]}
// EMA-LABEL: func.func @update(
// EMA-SAME: %[[VECTOR:[a-z0-9]*]]: tensor<f32> {tern.role = "vector_decay"}, %[[AVERAGE:[a-z0-9]*]]: tensor<f32> {tern.role = "ema_decay"}
// EMA-DAG: %[[NONE:.*]] = arith.constant dense<0.000000e+00> : tensor<f32>
// EMA-DAG: %[[W:[a-z0-9_]*]], %{{.*}} = tern.lion {{.*}} decay %[[NONE]] scale
// EMA: tern.ema %{{.*}}, %[[W]] decay %[[AVERAGE]] : tensor<4x8xf32>, tensor<f32>
// EMA: tern.lion {{.*}} decay %[[VECTOR]] scale
// EMA: tern.ema {{.*}} : tensor<8xf32>, tensor<f32>

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
