// RUN: tern-opt %s -split-input-file -tern-differentiate -canonicalize -cse | FileCheck %s

// CHECK-LABEL: func.func @product_rule(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<f32>, %[[Y:[a-z0-9]+]]: tensor<f32>
// CHECK-SAME: -> (tensor<f32>, tensor<f32> {tern.gradient = 0 : i64}, tensor<f32> {tern.gradient = 1 : i64})
// CHECK: %[[LOSS:.*]] = tern.mul %[[X]], %[[Y]]
// CHECK: return %[[LOSS]], %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32>, tensor<f32>
func.func @product_rule(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> attributes {tern.differentiate} {
  %loss = tern.mul %x, %y : tensor<f32>, tensor<f32>
  return %loss : tensor<f32>
}

// -----

// Activity: only the trainable parameter gets a gradient, and nothing is computed for the others.
// CHECK-LABEL: func.func @only_trainable_parameters(
// CHECK-SAME: -> (tensor<f32>, tensor<4x8xf32> {tern.gradient = 1 : i64})
// CHECK: tern.linear
// CHECK: tern.matmul %{{.*}}, %{{.*}} transpose_a : tensor<2x4xf32>, tensor<2x8xf32>
// CHECK-NOT: tern.linear
func.func @only_trainable_parameters(%x: tensor<2x4xf32>,
    %w: tensor<4x8xf32> {tern.parameter = #tern.parameter<name = "w", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>},
    %v: tensor<8xf32> {tern.parameter = #tern.parameter<name = "v", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = false>})
    -> tensor<f32> attributes {tern.differentiate} {
  %y = tern.linear %x weight %w : tensor<2x4xf32>, tensor<4x8xf32>
  %z = tern.mul %y, %v : tensor<2x8xf32>, tensor<8xf32>
  %loss = tern.sum %z : tensor<2x8xf32>
  return %loss : tensor<f32>
}

// -----

// A value that two ops use gets the sum of both cotangents.
// CHECK-LABEL: func.func @shared_parameter(
// CHECK: tern.embedding_grad
// CHECK: %[[SUM:.*]] = tern.add
// CHECK: return %{{.*}}, %[[SUM]]
func.func @shared_parameter(%tokens: tensor<3xi32>, %w: tensor<10x4xf32>) -> tensor<f32> attributes {tern.differentiate} {
  %x = tern.embedding %tokens, %w : tensor<3xi32>, tensor<10x4xf32>
  %y = tern.linear %x tied %w : tensor<3x4xf32>, tensor<10x4xf32>
  %loss = tern.sum %y : tensor<3x10xf32>
  return %loss : tensor<f32>
}
