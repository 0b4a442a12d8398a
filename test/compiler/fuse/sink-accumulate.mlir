// RUN: tern-opt %s -tern-sink-accumulate | FileCheck %s

// CHECK-LABEL: func.func @sum_adds_term_by_term(
// CHECK-SAME: %[[OLD:[a-z0-9]+]]: tensor<4xf32>, %[[A:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>, %[[FLAG:[a-z0-9]+]]: tensor<i1>
// CHECK-DAG: %[[TRUE:.*]] = arith.constant dense<true> : tensor<i1>
// CHECK-DAG: %[[FIRST:.*]] = tern.accumulate %[[OLD]], %[[A]] if %[[FLAG]]
// CHECK: %[[SECOND:.*]] = tern.accumulate %[[FIRST]], %[[B]] if %[[TRUE]]
// CHECK: return %[[SECOND]]
func.func @sum_adds_term_by_term(%old: tensor<4xf32>, %a: tensor<4xf32>, %b: tensor<4xf32>, %flag: tensor<i1>) -> tensor<4xf32> {
  %sum = tern.add %a, %b : tensor<4xf32>, tensor<4xf32>
  %new = tern.accumulate %old, %sum if %flag : tensor<4xf32>
  return %new : tensor<4xf32>
}

// CHECK-LABEL: func.func @tied_embedding_adds_in_place(
// CHECK-SAME: %[[OLD:[a-z0-9]+]]: tensor<10x4xf32>
// CHECK: %[[LOSS:.*]], %{{.*}}, %[[DW:.*]] = tern.linear_cross_entropy_grad {{.*}} onto %[[OLD]] if
// CHECK: %[[NEW:.*]] = tern.embedding_grad {{.*}} onto %[[DW]]
// CHECK: return %[[NEW]]
func.func @tied_embedding_adds_in_place(%old: tensor<10x4xf32>, %x: tensor<3x4xf32>, %w: tensor<10x4xf32>, %t: tensor<3xi32>, %d: tensor<f32>, %flag: tensor<i1>) -> tensor<10x4xf32> {
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %t, %d : tensor<3x4xf32>, tensor<10x4xf32>, tensor<3xi32>, tensor<f32>
  %de = tern.embedding_grad %t, %dx rows 10 : tensor<3xi32>, tensor<3x4xf32>
  %sum = tern.add %dw, %de : tensor<10x4xf32>, tensor<10x4xf32>
  %new = tern.accumulate %old, %sum if %flag : tensor<10x4xf32>
  return %new : tensor<10x4xf32>
}

// CHECK-LABEL: func.func @layers_add_slice_by_slice(
// CHECK-SAME: %[[OLD:[a-z0-9]+]]: tensor<3x4xf32>
// CHECK: %[[R:.*]]:2 = tern.layers 3 {{.*}} stacked (%[[SLICE:.*]] = %[[OLD]])
// CHECK: %[[SUM:.*]] = tern.accumulate %[[SLICE]], %{{.*}} if
// CHECK: tern.yield %{{.*}}, %[[SUM]]
// CHECK: return %[[R]]#1
func.func @layers_add_slice_by_slice(%old: tensor<3x4xf32>, %x: tensor<4xf32>, %flag: tensor<i1>) -> tensor<3x4xf32> {
  %r:2 = tern.layers 3 (%h = %x) : tensor<4xf32> {
    %y = tern.tanh %h : tensor<4xf32>
    tern.yield %y, %h : tensor<4xf32>, tensor<4xf32>
  }
  %new = tern.accumulate %old, %r#1 if %flag : tensor<3x4xf32>
  return %new : tensor<3x4xf32>
}

// CHECK-LABEL: func.func @head_of_each_layer(
// CHECK: %[[TRUE:.*]] = arith.constant dense<true> : tensor<i1>
// CHECK: tern.layers 2 {{.*}} stacked (%[[SLICE:.*]] = %{{.*}})
// CHECK: tern.linear_cross_entropy_grad {{.*}} onto %[[SLICE]] if %[[TRUE]]
// CHECK-NOT: tern.accumulate
func.func @head_of_each_layer(%old: tensor<2x10x4xf32>, %x: tensor<3x4xf32>, %w: tensor<10x4xf32>, %t: tensor<3xi32>, %d: tensor<f32>) -> tensor<2x10x4xf32> {
  %y = tern.tanh %x : tensor<3x4xf32>
  %flag = arith.constant dense<true> : tensor<i1>
  %r:2 = tern.layers 2 (%h = %y) stacked (%slice = %old) : tensor<3x4xf32>, tensor<2x10x4xf32> {
    %loss, %dx, %dw = tern.linear_cross_entropy_grad %h, %w, %t, %d : tensor<3x4xf32>, tensor<10x4xf32>, tensor<3xi32>, tensor<f32>
    %new = tern.accumulate %slice, %dw if %flag : tensor<10x4xf32>
    tern.yield %dx, %new : tensor<3x4xf32>, tensor<10x4xf32>
  }
  return %r#1 : tensor<2x10x4xf32>
}
