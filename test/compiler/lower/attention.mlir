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
