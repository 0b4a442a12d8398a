// Patterns name the parts of a packed parameter, which decays as one.
// RUN: tern-opt %s -tern-derive-step="no-decay=*.bias" | FileCheck %s
// RUN: tern-opt %s -tern-derive-step="no-decay=q.bias,k.bias" | FileCheck %s
// RUN: not tern-opt %s -tern-derive-step="no-decay=k.*" 2>&1 | FileCheck %s --check-prefix=SOME
// RUN: not tern-opt %s -tern-derive-step="no-decay=*|*" 2>&1 | FileCheck %s --check-prefix=NOBODY

// SOME: derive-step-packed.mlir:[[#@LINE+9]]:1: error: no-decay names 'k.bias' but not 'q.bias', which is stored and moved with it; name 'q.bias', 'k.bias' or none of them
// NOBODY: error: no-decay '*|*' names no trained parameter; there is, for one, 'q.bias'

// CHECK-LABEL: func.func @update(
// CHECK: %[[NONE:.*]] = arith.constant dense<0.000000e+00> : tensor<f32>
// CHECK: tern.adamw {{.*}} decay %[[NONE]] scale
#qk = #tern.parameter<name = "q.bias|k.bias", layers = 0, first_layer = 0, trainable = true,
                      parts = <name = "q.bias", rows = 4, init = <"zeros", []>>, <name = "k.bias", rows = 4, init = <"zeros", []>>>

func.func @grad(%w: tensor<8xf32> {tern.parameter = #qk}, %loss: tensor<f32>, %dw: tensor<8xf32>)
    -> (tensor<f32> {tern.role = "loss"}, tensor<8xf32> {tern.gradient = 0}) {
  return %loss, %dw : tensor<f32>, tensor<8xf32>
}
