// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @attention(
// CHECK: tern.attention %{{.*}} heads 2 causal : tensor<1x4x24xf32>
// CHECK: tern.attention %{{.*}}, %{{.*}}, %{{.*}} heads 2 kv_heads 1 scale 5.000000e-01 dropout 1.000000e-01 : tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>
// CHECK: %{{.*}}, %[[LSE:.*]] = tern.attention %{{.*}} heads 2 kv_heads 1 causal lengths(%{{.*}} : tensor<1xi32>) position(%{{.*}} : tensor<i32>) statistics : tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>
// CHECK: tern.attention_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[LSE]], %{{.*}} heads 2 kv_heads 1 causal scale 5.000000e-01 :
func.func @attention(%qkv: tensor<1x4x24xf32>, %q: tensor<1x4x8xf32>, %k: tensor<1x6x4xf32>, %n: tensor<1xi32>, %p: tensor<i32>) {
  %0 = tern.attention %qkv heads 2 causal : tensor<1x4x24xf32>
  %1 = tern.attention %q, %k, %k heads 2 kv_heads 1 scale 0.5 dropout 0.1 : tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>
  %o, %l = tern.attention %q, %k, %k heads 2 kv_heads 1 causal lengths(%n : tensor<1xi32>) position(%p : tensor<i32>) statistics :
      tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>
  %2:3 = tern.attention_grad %q, %k, %k, %q, %l, %q heads 2 kv_heads 1 causal scale 0.5 :
      tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
  return
}

// CHECK-LABEL: func.func @by_distance(
// CHECK: tern.attention %{{.*}} heads 2 causal window 3 alibi : tensor<1x4x24xf32>
// CHECK: tern.attention %{{.*}} heads 2 scale 1.000000e+00 relative(%{{.*}} : tensor<8x2xf32>) max_distance @far statistics : tensor<1x4x24xf32>
// CHECK: tern.attention_grad %{{.*}} heads 2 kv_heads 2 causal window 2 alibi scale 5.000000e-01 :
// CHECK: tern.attention_grad %{{.*}} heads 2 kv_heads 2 scale 5.000000e-01 relative(%{{.*}} : tensor<8x2xf32>) max_distance 16 :
func.func @by_distance(%qkv: tensor<1x4x24xf32>, %q: tensor<1x4x8xf32>, %t: tensor<8x2xf32>, %l: tensor<1x2x4xf32>) {
  %0 = tern.attention %qkv heads 2 causal window 3 alibi : tensor<1x4x24xf32>
  %1:2 = tern.attention %qkv heads 2 scale 1.0 relative(%t : tensor<8x2xf32>) max_distance @far statistics : tensor<1x4x24xf32>
  %2:3 = tern.attention_grad %q, %q, %q, %q, %l, %q heads 2 kv_heads 2 causal window 2 alibi scale 0.5 : tensor<1x4x8xf32>,
      tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
  %3:4 = tern.attention_grad %q, %q, %q, %q, %l, %q heads 2 kv_heads 2 scale 0.5 relative(%t : tensor<8x2xf32>) max_distance 16 :
      tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x2x4xf32>, tensor<1x4x8xf32>
  return
}
