// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @scan(
// CHECK: %[[R:.*]]:2 = tern.scan (%[[H:.*]] = %{{.*}}) over (%[[X:.*]] = %{{.*}}) : tensor<2x4xf32>, tensor<2x5x4xf32> {
// CHECK: tern.yield %{{.*}}, %[[H]] : tensor<2x4xf32>, tensor<2x4xf32>
// CHECK: return %[[R]]#0, %[[R]]#1 : tensor<2x4xf32>, tensor<2x5x4xf32>
func.func @scan(%h0: tensor<2x4xf32>, %xs: tensor<2x5x4xf32>) -> (tensor<2x4xf32>, tensor<2x5x4xf32>) {
  %r:2 = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x4xf32>, tensor<2x5x4xf32> {
    %y = tern.add %h, %x : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %y, %h : tensor<2x4xf32>, tensor<2x4xf32>
  }
  return %r#0, %r#1 : tensor<2x4xf32>, tensor<2x5x4xf32>
}

// CHECK-LABEL: func.func @all_options(
// CHECK: tern.scan reverse index %[[T:.*]] (%{{.*}} = %{{.*}}) over (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) dim 0 lengths(%{{.*}} : tensor<2xi32>) : tensor<2x4xf32>, tensor<?x2x4xf32>, tensor<?x2xi32> {
// CHECK: random_key %{{.*}}, %{{.*}}, %{{.*}} layer %[[T]]
// CHECK: return %{{.*}} : tensor<?x2x4xf32>
func.func @all_options(%h0: tensor<2x4xf32>, %xs: tensor<?x2x4xf32>, %tokens: tensor<?x2xi32>, %n: tensor<2xi32>, %seed: tensor<i64>)
    -> tensor<?x2x4xf32> {
  %last, %all = tern.scan reverse index %t (%h = %h0) over (%x = %xs, %token = %tokens) dim 0 lengths(%n : tensor<2xi32>) :
      tensor<2x4xf32>, tensor<?x2x4xf32>, tensor<?x2xi32> {
    %key = tern.random_key %seed, %seed, %seed layer %t site "s"
    tern.yield %x, %h : tensor<2x4xf32>, tensor<2x4xf32>
  }
  return %all : tensor<?x2x4xf32>
}

// Without state; the number of steps is that of the sequence that knows it.
// CHECK-LABEL: func.func @no_state(
// CHECK: tern.scan () over
// CHECK: return %{{.*}} : tensor<2x7x4xf32>
func.func @no_state(%xs: tensor<2x?x4xf32>, %ys: tensor<2x7x4xf32>) -> tensor<2x7x4xf32> {
  %all = tern.scan () over (%x = %xs, %y = %ys) : tensor<2x?x4xf32>, tensor<2x7x4xf32> {
    %s = tern.add %x, %y : tensor<2x4xf32>, tensor<2x4xf32>
    tern.yield %s : tensor<2x4xf32>
  }
  return %all : tensor<2x7x4xf32>
}
