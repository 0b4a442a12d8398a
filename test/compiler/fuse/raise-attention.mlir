// Attention written from primitives becomes one op; what differs in one point stays.
// RUN: tern-opt %s --tern-raise-attention | FileCheck %s

// CHECK-LABEL: func @many_heads
// CHECK-SAME: %[[Q:.*]]: tensor<2x4x6xf32>, %[[K:.*]]: tensor<2x4x6xf32>, %[[V:.*]]: tensor<2x4x6xf32>
// CHECK-NEXT: %[[O:.*]] = tern.attention %[[Q]], %[[K]], %[[V]] heads 3 kv_heads 3 causal scale 5.000000e-01
// CHECK-NEXT: return %[[O]]
func.func @many_heads(%q: tensor<2x4x6xf32>, %k: tensor<2x4x6xf32>, %v: tensor<2x4x6xf32>) -> tensor<2x4x6xf32> {
  %scale = arith.constant dense<0.5> : tensor<f32>
  %q4 = tern.reshape %q to [0, 0, 3, 2] : tensor<2x4x6xf32>
  %k4 = tern.reshape %k to [0, 0, 3, 2] : tensor<2x4x6xf32>
  %v4 = tern.reshape %v to [0, 0, 3, 2] : tensor<2x4x6xf32>
  %qh = tern.transpose %q4 [0, 2, 1, 3] : tensor<2x4x3x2xf32>
  %kh = tern.transpose %k4 [0, 2, 1, 3] : tensor<2x4x3x2xf32>
  %vh = tern.transpose %v4 [0, 2, 1, 3] : tensor<2x4x3x2xf32>
  %raw = tern.matmul %qh, %kh transpose_b : tensor<2x3x4x2xf32>, tensor<2x3x4x2xf32>
  %scaled = tern.mul %raw, %scale : tensor<2x3x4x4xf32>, tensor<f32>
  %masked = tern.causal_mask %scaled : tensor<2x3x4x4xf32>
  %p = tern.softmax %masked : tensor<2x3x4x4xf32>
  %oh = tern.matmul %p, %vh : tensor<2x3x4x4xf32>, tensor<2x3x4x2xf32>
  %o4 = tern.transpose %oh [0, 2, 1, 3] : tensor<2x3x4x2xf32>
  %o = tern.reshape %o4 to [2, 4, 6] : tensor<2x4x3x2xf32>
  return %o : tensor<2x4x6xf32>
}

// k transposed by itself, scores divided, the mask added as a constant, probabilities dropped out.
// CHECK-LABEL: func @other_spelling
// CHECK-SAME: %[[Q:.*]]: tensor<2x2x6xf32>, %[[K:.*]]: tensor<2x2x6xf32>, %[[V:.*]]: tensor<2x2x6xf32>, %[[KEY:.*]]: tensor<i64>
// CHECK-NEXT: %[[O:.*]] = tern.attention %[[Q]], %[[K]], %[[V]] heads 3 kv_heads 3 causal scale 2.500000e-01 dropout {{0.1|1.0*e-01}} key %[[KEY]]
// CHECK-NEXT: return %[[O]]
func.func @other_spelling(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x2x6xf32>, %key: tensor<i64>) -> tensor<2x2x6xf32> {
  %divisor = arith.constant dense<4.0> : tensor<f32>
  %mask = arith.constant dense<[[0.0, -1.0e+30], [0.0, 0.0]]> : tensor<2x2xf32>
  %q4 = tern.reshape %q to [0, 0, 3, 2] : tensor<2x2x6xf32>
  %k4 = tern.reshape %k to [0, 0, 3, 2] : tensor<2x2x6xf32>
  %v4 = tern.reshape %v to [0, 0, 3, 2] : tensor<2x2x6xf32>
  %qh = tern.transpose %q4 [0, 2, 1, 3] : tensor<2x2x3x2xf32>
  %kh = tern.transpose %k4 [0, 2, 1, 3] : tensor<2x2x3x2xf32>
  %kt = tern.transpose %kh [0, 1, 3, 2] : tensor<2x3x2x2xf32>
  %vh = tern.transpose %v4 [0, 2, 1, 3] : tensor<2x2x3x2xf32>
  %raw = tern.matmul %qh, %kt : tensor<2x3x2x2xf32>, tensor<2x3x2x2xf32>
  %scaled = tern.div %raw, %divisor : tensor<2x3x2x2xf32>, tensor<f32>
  %masked = tern.add %mask, %scaled : tensor<2x2xf32>, tensor<2x3x2x2xf32>
  %p = tern.softmax %masked : tensor<2x3x2x2xf32>
  %dropped = tern.dropout %p rate 0.1 key %key : tensor<2x3x2x2xf32>
  %oh = tern.matmul %dropped, %vh : tensor<2x3x2x2xf32>, tensor<2x3x2x2xf32>
  %o4 = tern.transpose %oh [0, 2, 1, 3] : tensor<2x3x2x2xf32>
  %o = tern.reshape %o4 to [2, 2, 6] : tensor<2x2x3x2xf32>
  return %o : tensor<2x2x6xf32>
}

// CHECK-LABEL: func @one_head
// CHECK: tern.attention %{{.*}}, %{{.*}}, %{{.*}} heads 1 kv_heads 1 scale 1.000000e+00 : tensor<2x4x6xf32>, tensor<2x5x6xf32>, tensor<2x5x6xf32>
// CHECK-NEXT: return
func.func @one_head(%q: tensor<2x4x6xf32>, %k: tensor<2x5x6xf32>, %v: tensor<2x5x6xf32>) -> tensor<2x4x6xf32> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x4x6xf32>, tensor<2x5x6xf32>
  %p = tern.softmax %scores : tensor<2x4x5xf32>
  %o = tern.matmul %p, %v : tensor<2x4x5xf32>, tensor<2x5x6xf32>
  return %o : tensor<2x4x6xf32>
}

// CHECK-LABEL: func @keep_probabilities_that_are_read
// CHECK-NOT: tern.attention
func.func @keep_probabilities_that_are_read(%q: tensor<2x4x6xf32>, %k: tensor<2x4x6xf32>, %v: tensor<2x4x6xf32>) -> (tensor<2x4x6xf32>, tensor<2x4x4xf32>) {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x4x6xf32>, tensor<2x4x6xf32>
  %p = tern.softmax %scores : tensor<2x4x4xf32>
  %o = tern.matmul %p, %v : tensor<2x4x4xf32>, tensor<2x4x6xf32>
  return %o, %p : tensor<2x4x6xf32>, tensor<2x4x4xf32>
}

// A mask that is not causal.
// CHECK-LABEL: func @keep_other_masks
// CHECK-NOT: tern.attention
func.func @keep_other_masks(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x2x6xf32>) -> tensor<2x2x6xf32> {
  %mask = arith.constant dense<[[-1.0e+30, 0.0], [0.0, 0.0]]> : tensor<2x2xf32>
  %scores = tern.matmul %q, %k transpose_b : tensor<2x2x6xf32>, tensor<2x2x6xf32>
  %masked = tern.add %scores, %mask : tensor<2x2x2xf32>, tensor<2x2xf32>
  %p = tern.softmax %masked : tensor<2x2x2xf32>
  %o = tern.matmul %p, %v : tensor<2x2x2xf32>, tensor<2x2x6xf32>
  return %o : tensor<2x2x6xf32>
}

// CHECK-LABEL: func @keep_softmax_over_queries
// CHECK-NOT: tern.attention
func.func @keep_softmax_over_queries(%q: tensor<2x2x6xf32>, %k: tensor<2x2x6xf32>, %v: tensor<2x2x6xf32>) -> tensor<2x2x6xf32> {
  %scores = tern.matmul %q, %k transpose_b : tensor<2x2x6xf32>, tensor<2x2x6xf32>
  %p = tern.softmax %scores dim 1 : tensor<2x2x2xf32>
  %o = tern.matmul %p, %v : tensor<2x2x2xf32>, tensor<2x2x6xf32>
  return %o : tensor<2x2x6xf32>
}
