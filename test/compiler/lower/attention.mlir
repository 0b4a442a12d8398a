// RUN: tern-opt %s -tern-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @packed_projection_is_read_through_views(
// CHECK-SAME: %[[QKV:[a-z0-9]+]]: tensor<1x4x24xf32>
// CHECK-DAG: %[[Q:.*]] = tensor.extract_slice %[[QKV]][0, 0, 0] [1, 4, 8] [1, 1, 1]
// CHECK-DAG: %[[K:.*]] = tensor.extract_slice %[[QKV]][0, 0, 8] [1, 4, 8] [1, 1, 1]
// CHECK-DAG: %[[V:.*]] = tensor.extract_slice %[[QKV]][0, 0, 16] [1, 4, 8] [1, 1, 1]
// CHECK: tern_kernel.attention heads 2 kv_heads 2 causal scale 5.000000e-01 ins(%[[Q]], %[[K]], %[[V]]
func.func @packed_projection_is_read_through_views(%qkv: tensor<1x4x24xf32>) -> tensor<1x4x8xf32> {
  %y = tern.attention %qkv heads 2 causal : tensor<1x4x24xf32>
  return %y : tensor<1x4x8xf32>
}

// CHECK-LABEL: func.func @gradient(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: tensor<1x4x8xf32>, %[[N:[a-z0-9]+]]: tensor<1xi32>
// CHECK: %[[O:.*]]:2 = tern_kernel.attention heads 2 kv_heads 2 scale 5.000000e-01 ins(%[[Q]], {{.*}}) lengths(%[[N]] : tensor<1xi32>) outs({{.*}} : tensor<1x4x8xf32>, tensor<1x2x4xf32>)
// CHECK: tern_kernel.attention_grad heads 2 kv_heads 2 scale 5.000000e-01 ins(%[[Q]], %[[Q]], %[[Q]], %[[O]]#0, %[[O]]#1, %[[Q]] {{.*}}) lengths(%[[N]] : tensor<1xi32>)
func.func @gradient(%q: tensor<1x4x8xf32>, %n: tensor<1xi32>) -> tensor<1x4x8xf32> {
  %o, %l = tern.attention %q, %q, %q heads 2 scale 0.5 lengths(%n : tensor<1xi32>) statistics : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>
  %0:3 = tern.attention_grad %q, %q, %q, %o, %l, %q heads 2 kv_heads 2 scale 0.5 lengths(%n : tensor<1xi32>) :
      tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
  return %0#0 : tensor<1x4x8xf32>
}

// Slopes times distances, in front of the layers, serve all of them.
// CHECK-LABEL: func.func @alibi(
// CHECK: arith.constant dense<{{\[}}[6.250000e-02], [3.906250e-03]]> : tensor<2x1xf64>
// CHECK: %[[BIAS:.*]] = linalg.generic
// CHECK: } -> tensor<2x7xf32>
// CHECK: scf.for
// CHECK: tern_kernel.attention heads 2 kv_heads 2 causal window 3 scale {{.*}} bias(%[[BIAS]] : tensor<2x7xf32>)
func.func @alibi(%x: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> {
  %y = tern.layers 3 "h" (%h = %x) : tensor<1x4x8xf32> {
    %z = tern.attention %h, %h, %h heads 2 causal window 3 alibi : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>
    tern.yield %z : tensor<1x4x8xf32>
  }
  return %y : tensor<1x4x8xf32>
}

// Distances -3 to 3; half of the buckets is for keys behind the query.
// CHECK-LABEL: func.func @relative(
// CHECK: %[[BUCKETS:.*]] = arith.constant dense<[3, 2, 1, 0, 5, 6, 7]> : tensor<7xi32>
// CHECK: %[[ROWS:.*]] = tern_kernel.gather ins(%{{.*}}, %[[BUCKETS]] : tensor<8x2xf32>, tensor<7xi32>)
// CHECK: %[[BIAS:.*]] = linalg.transpose ins(%[[ROWS]] : tensor<7x2xf32>)
// CHECK: tern_kernel.attention heads 2 kv_heads 2 scale {{.*}} bias(%[[BIAS]] : tensor<2x7xf32>)
// CHECK: %[[GRADIENTS:.*]]:4 = tern_kernel.attention_grad {{.*}} bias(%{{.*}} : tensor<2x7xf32>) outs({{.*}}, tensor<2x7xf32>)
// CHECK: %[[BACK:.*]] = linalg.transpose ins(%[[GRADIENTS]]#3 : tensor<2x7xf32>)
// CHECK: tern_kernel.scatter_add ins(%[[BACK]], %{{.*}} : tensor<7x2xf32>, tensor<7xi32>)
func.func @relative(%q: tensor<1x4x8xf32>, %t: tensor<8x2xf32>) -> tensor<8x2xf32> {
  %o, %l = tern.attention %q, %q, %q heads 2 relative(%t : tensor<8x2xf32>) max_distance 4 statistics : tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>
  %r:4 = tern.attention_grad %q, %q, %q, %o, %l, %q heads 2 kv_heads 2 scale 0.5 relative(%t : tensor<8x2xf32>) max_distance 4 :
      tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
  return %r#3 : tensor<8x2xf32>
}
