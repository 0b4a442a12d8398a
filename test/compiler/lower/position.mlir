// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @first_rows_of_the_table(
// CHECK: tensor.extract_slice %{{.*}}[0, 0] [4, 8] [1, 1] : tensor<16x8xf32> to tensor<4x8xf32>
// CHECK: linalg.generic
// CHECK: arith.addf
func.func @first_rows_of_the_table(%x: tensor<2x4x8xf32>, %table: tensor<16x8xf32>) -> tensor<2x4x8xf32> {
  %y = tern.position_embedding %x, %table : tensor<2x4x8xf32>, tensor<16x8xf32>
  return %y : tensor<2x4x8xf32>
}

// CHECK-LABEL: func.func @rows_from_a_position_on(
// CHECK: %[[PLACES:.*]] = linalg.generic
// CHECK: arith.addi
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %{{.*}} : tensor<2x4xi32> into tensor<8xi32>
// CHECK: tern_kernel.gather ins(%{{.*}}, %[[FLAT]] : tensor<16x8xf32>, tensor<8xi32>)
func.func @rows_from_a_position_on(%x: tensor<2x4x8xf32>, %table: tensor<16x8xf32>, %p: tensor<2xi32>) -> tensor<2x4x8xf32> {
  %y = tern.position_embedding %x, %table position(%p : tensor<2xi32>) : tensor<2x4x8xf32>, tensor<16x8xf32>
  return %y : tensor<2x4x8xf32>
}

// Angles are reduced in f64 and their sines computed in f32.
// CHECK-LABEL: func.func @sines(
// CHECK: linalg.generic
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: math.sin %{{.*}} : f32
// CHECK: } -> tensor<4x8xf32>
// CHECK: arith.addf
func.func @sines(%x: tensor<2x4x8xf32>) -> tensor<2x4x8xf32> {
  %y = tern.sinusoidal %x : tensor<2x4x8xf32>
  return %y : tensor<2x4x8xf32>
}

// The table is made once, in front of the layers.
// CHECK-LABEL: func.func @table_in_front_of_layers(
// CHECK: math.sin
// CHECK: } -> tensor<4x4xf32>
// CHECK: scf.for
// CHECK-NOT: math.sin
// CHECK: tern_kernel.rotation interleaved heads 2 turning 2 ins(%{{.*}}, %{{.*}} : tensor<2x4x8xf32>, tensor<4x4xf32>)
func.func @table_in_front_of_layers(%x: tensor<2x4x8xf32>) -> tensor<2x4x8xf32> {
  %y = tern.layers 3 "h" (%h = %x) : tensor<2x4x8xf32> {
    %z = tern.rope %h heads 2 interleaved : tensor<2x4x8xf32>
    tern.yield %z : tensor<2x4x8xf32>
  }
  return %y : tensor<2x4x8xf32>
}

// A position that layers compute keeps it inside; packed heads turn but for those of v.
// CHECK-LABEL: func.func @table_inside(
// CHECK: scf.for
// CHECK: math.sin
// CHECK: } -> tensor<2x4x2xf32>
// CHECK: tern_kernel.rotation inverse heads 4 turning 3 ins(%{{.*}}, %{{.*}} : tensor<2x4x8xf32>, tensor<2x4x2xf32>)
func.func @table_inside(%x: tensor<2x4x8xf32>, %p: tensor<2xi32>) -> tensor<2x4x8xf32> {
  %y:2 = tern.layers 3 "h" (%h = %x, %n = %p) : tensor<2x4x8xf32>, tensor<2xi32> {
    %z = tern.rope %h heads 2 kv_heads 1 half_split inverse position(%n : tensor<2xi32>) : tensor<2x4x8xf32>
    tern.yield %z, %n : tensor<2x4x8xf32>, tensor<2xi32>
  }
  return %y#0 : tensor<2x4x8xf32>
}
