// RUN: tern-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @attention(
// CHECK: tern.attention %{{.*}} heads 2 causal : tensor<1x4x24xf32>
// CHECK: tern.attention %{{.*}}, %{{.*}}, %{{.*}} heads 2 kv_heads 1 scale 5.000000e-01 dropout 1.000000e-01 : tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>
// CHECK: tern.attention_grad %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} heads 2 kv_heads 1 causal scale 5.000000e-01 :
func.func @attention(%qkv: tensor<1x4x24xf32>, %q: tensor<1x4x8xf32>, %k: tensor<1x6x4xf32>) {
  %0 = tern.attention %qkv heads 2 causal : tensor<1x4x24xf32>
  %1 = tern.attention %q, %k, %k heads 2 kv_heads 1 scale 0.5 dropout 0.1 : tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>
  %2:3 = tern.attention_grad %q, %k, %k, %q heads 2 kv_heads 1 causal scale 0.5 :
      tensor<1x4x8xf32>, tensor<1x6x4xf32>, tensor<1x6x4xf32>, tensor<1x4x8xf32>
  return
}
